import { type Static, Type } from 'typebox'

/** A time as ISO 8601 in UTC. */
const Time = Type.String({ examples: ['2026-01-15T10:30:00.000Z'] })

export const OrganizationParams = Type.Object({ organization_id: Type.String() })
export const FileParams = Type.Object({ organization_id: Type.String(), file_id: Type.String() })

export const FileBody = Type.Object({
  id: Type.String(),
  original_filename: Type.String(),
  file_size: Type.Integer(),
  mime_type: Type.String(),
  storage_path: Type.String(),
  organization_id: Type.String(),
  uploaded_by: Type.Union([Type.String(), Type.Null()]),
  uploaded_by_api_key_id: Type.Union([Type.String(), Type.Null()]),
  uploaded_at: Time,
  crc32c: Type.String(),
})
export type FileBody = Static<typeof FileBody>

/** Longer ones are refused here; which names are good is a rule of the domain. */
const Filename = Type.String({ minLength: 1, maxLength: 255 })
const FileSize = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const MimeType = Type.String({ minLength: 1, maxLength: 255 })

export const UploadUrlRequest = Type.Object({
  filename: Filename,
  file_size: FileSize,
  mime_type: MimeType,
  upload_type: Type.Optional(
    Type.Union([Type.Literal('resumable'), Type.Literal('simple'), Type.Literal('standard')]),
  ),
})

export const UploadUrlBody = Type.Object({
  upload_url: Type.String(),
  gcs_path: Type.String(),
  file_id: Type.String(),
  expires_at: Time,
  max_file_size: Type.Integer(),
  upload_type: Type.Literal('resumable'),
  chunk_size_recommended: Type.Integer(),
})

export const RegisterRequest = Type.Object({
  filename: Filename,
  gcs_path: Type.String({ minLength: 1 }),
  file_size: FileSize,
  mime_type: MimeType,
  crc32c: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9+/]{6}==$' })),
})

export const ListQuery = Type.Object({
  page: Type.Integer({ minimum: 1, maximum: 1_000_000_000, default: 1 }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }),
  after: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
})
export type ListQuery = Static<typeof ListQuery>

const PageFields = {
  total: Type.Integer(),
  page: Type.Integer(),
  limit: Type.Integer(),
  has_more: Type.Boolean(),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
}

export const FileListBody = Type.Object({ files: Type.Array(FileBody), ...PageFields })

export const OpenUploadBody = Type.Object({
  file_id: Type.String(),
  filename: Type.String(),
  file_size: Type.Integer(),
  received_bytes: Type.Integer(),
  created_at: Time,
  expires_at: Time,
})

export const UploadListBody = Type.Object({ uploads: Type.Array(OpenUploadBody), ...PageFields })

export const ContentBody = Type.Object({
  file_id: Type.String(),
  filename: Type.String(),
  mime_type: Type.String(),
  file_size: Type.Integer(),
  download_url: Type.String(),
})

export const DownloadQuery = Type.Object({
  token: Type.Optional(Type.String()),
  expires: Type.Optional(Type.String()),
})

export const HealthBody = Type.Object({ status: Type.Literal('ok') })

const Health = Type.Union([Type.Literal('ok'), Type.Literal('down')])
const DependencyBody = Type.Object({ kind: Type.String(), status: Health })

export const HealthDetailsBody = Type.Object({
  status: Health,
  dependencies: Type.Record(Type.String(), DependencyBody),
})
