import type { JSONSchema } from 'json-schema-to-ts'
import { object } from './object.ts'
import type { OperationSchemas } from './operation-schemas.ts'
import { FileParams, ListQuery, nullable, OrganizationParams, PageFields, Time } from './shapes.ts'
import type { TypeOf } from './type-of.ts'

export const FileBody = object({
  id: { type: 'string' },
  original_filename: { type: 'string' },
  file_size: { type: 'integer' },
  mime_type: { type: 'string' },
  storage_path: { type: 'string' },
  organization_id: { type: 'string' },
  uploaded_by: nullable({ type: 'string' }),
  uploaded_by_api_key_id: nullable({ type: 'string' }),
  uploaded_at: Time,
  crc32c: { type: 'string' },
})
/** For one part named `file` the File; for parts named `files` the list, and for exactly one of them also its keys. */
const DirectUploadBody = {
  anyOf: [object({ files: { type: 'array', items: FileBody } }, FileBody.properties), FileBody],
} as const satisfies JSONSchema
export type FileBody = TypeOf<typeof FileBody>

/** Longer ones are refused here; which names are good is a rule of the domain. */
const Filename = { type: 'string', minLength: 1, maxLength: 255 } as const satisfies JSONSchema
const FileSize = {
  type: 'integer',
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
} as const satisfies JSONSchema
const MimeType = { type: 'string', minLength: 1, maxLength: 255 } as const satisfies JSONSchema

const Resumable = { type: 'string', const: 'resumable' } as const satisfies JSONSchema
const UploadType = {
  anyOf: [Resumable, { type: 'string', const: 'simple' }, { type: 'string', const: 'standard' }],
} as const satisfies JSONSchema

const UploadUrlRequest = object(
  { filename: Filename, file_size: FileSize, mime_type: MimeType },
  { upload_type: UploadType },
)

const UploadUrlBody = object({
  upload_url: { type: 'string' },
  gcs_path: { type: 'string' },
  file_id: { type: 'string' },
  expires_at: Time,
  max_file_size: { type: 'integer' },
  upload_type: Resumable,
  chunk_size_recommended: { type: 'integer' },
})

const RegisterRequest = object(
  {
    filename: Filename,
    gcs_path: { type: 'string', minLength: 1 },
    file_size: FileSize,
    mime_type: MimeType,
  },
  { crc32c: { type: 'string', pattern: '^[A-Za-z0-9+/]{6}==$' } },
)

const ContentBody = object({
  file_id: { type: 'string' },
  filename: { type: 'string' },
  mime_type: { type: 'string' },
  file_size: { type: 'integer' },
  download_url: { type: 'string' },
})

const DownloadQuery = {
  type: 'object',
  properties: { token: { type: 'string' }, expires: { type: 'string' } },
} as const satisfies JSONSchema

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
    response: { 200: object({ files: { type: 'array', items: FileBody }, ...PageFields }) },
  },
  getFile: { operationId: 'getFile', params: FileParams, response: { 200: FileBody } },
  deleteFile: { operationId: 'deleteFile', params: FileParams, response: { 204: { type: 'null' } } },
  getFileContent: { operationId: 'getFileContent', params: FileParams, response: { 200: ContentBody } },
  downloadFile: { operationId: 'downloadFile', params: FileParams, querystring: DownloadQuery },
} as const satisfies OperationSchemas
