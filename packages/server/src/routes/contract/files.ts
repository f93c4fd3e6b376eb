import { type Static, Type } from 'typebox'
import { FileParams, ListQuery, Nullable, OrganizationParams, PageFields, Time } from './shapes.ts'

export const FileBody = Type.Object({
  id: Type.String(),
  original_filename: Type.String(),
  file_size: Type.Integer(),
  mime_type: Type.String(),
  storage_path: Type.String(),
  organization_id: Type.String(),
  uploaded_by: Nullable(Type.String()),
  uploaded_by_api_key_id: Nullable(Type.String()),
  uploaded_at: Time,
  crc32c: Type.String(),
})
/** For one part named `file` the File; for parts named `files` the list, and for exactly one of them also its keys. */
const DirectUploadBody = Type.Union([
  Type.Object({ files: Type.Array(FileBody), ...Type.Partial(FileBody).properties }),
  FileBody,
])
export type FileBody = Static<typeof FileBody>

/** Longer ones are refused here; which names are good is a rule of the domain. */
const Filename = Type.String({ minLength: 1, maxLength: 255 })
const FileSize = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const MimeType = Type.String({ minLength: 1, maxLength: 255 })

const UploadUrlRequest = Type.Object({
  filename: Filename,
  file_size: FileSize,
  mime_type: MimeType,
  upload_type: Type.Optional(
    Type.Union([Type.Literal('resumable'), Type.Literal('simple'), Type.Literal('standard')]),
  ),
})

const UploadUrlBody = Type.Object({
  upload_url: Type.String(),
  gcs_path: Type.String(),
  file_id: Type.String(),
  expires_at: Time,
  max_file_size: Type.Integer(),
  upload_type: Type.Literal('resumable'),
  chunk_size_recommended: Type.Integer(),
})

const RegisterRequest = Type.Object({
  filename: Filename,
  gcs_path: Type.String({ minLength: 1 }),
  file_size: FileSize,
  mime_type: MimeType,
  crc32c: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9+/]{6}==$' })),
})

const ContentBody = Type.Object({
  file_id: Type.String(),
  filename: Type.String(),
  mime_type: Type.String(),
  file_size: Type.Integer(),
  download_url: Type.String(),
})

const DownloadQuery = Type.Object({
  token: Type.Optional(Type.String()),
  expires: Type.Optional(Type.String()),
})

/** The operations on files: what each takes and answers. */
export const FILES = {
  createUploadUrl: {
    operationId: 'createUploadUrl',
    params: OrganizationParams,
    body: UploadUrlRequest,
    response: { 200: UploadUrlBody },
  },
  registerFile: {
    operationId: 'registerFile',
    params: OrganizationParams,
    body: RegisterRequest,
    response: { 201: FileBody },
  },
  uploadFiles: {
    operationId: 'uploadFiles',
    params: OrganizationParams,
    response: { 201: DirectUploadBody },
  },
  listFiles: {
    operationId: 'listFiles',
    params: OrganizationParams,
    querystring: ListQuery,
    response: { 200: Type.Object({ files: Type.Array(FileBody), ...PageFields }) },
  },
  getFile: { operationId: 'getFile', params: FileParams, response: { 200: FileBody } },
  deleteFile: { operationId: 'deleteFile', params: FileParams, response: { 204: Type.Null() } },
  getFileContent: { operationId: 'getFileContent', params: FileParams, response: { 200: ContentBody } },
  downloadFile: { operationId: 'downloadFile', params: FileParams, querystring: DownloadQuery },
} as const
