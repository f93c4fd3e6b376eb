import type { JSONSchema } from 'json-schema-to-ts'
import { CHECKSUM_ALGORITHMS } from '../../../domain/uploads/checksums.ts'
import { object } from './object.ts'
import type { OperationSchemas } from './operation-schemas.ts'
import { FileParams, ListQuery, nullable, OrganizationParams, PageFields, Time } from './shapes.ts'
import type { TypeOf } from './type-of.ts'

export const FileBody = object({
  id: { type: 'string', examples: ['file_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  original_filename: { type: 'string', description: 'The name as it was given.' },
  file_size: { type: 'integer', description: 'In bytes.' },
  mime_type: {
    type: 'string',
    description: 'As declared, with its parameters; the bytes do not contradict it. Downloads have it.',
  },
  detected_mime_type: nullable(
    { type: 'string' },
    'The type whose signature the bytes show; null where they show none, as most text does.',
  ),
  storage_path: { type: 'string', description: 'The name of the object in the storage.' },
  organization_id: { type: 'string' },
  uploaded_by: nullable({ type: 'string' }, 'A user’s id; null where a key uploaded the file.'),
  uploaded_by_api_key_id: nullable({ type: 'string' }, 'The id of the key that uploaded the file.'),
  uploaded_at: Time,
  crc32c: {
    type: 'string',
    description: 'The CRC-32C of the stored bytes: four bytes, the highest first, in base64.',
  },
  md5: nullable({ type: 'string' }, 'The MD5 of the stored bytes in hex; null where nothing asked for it.'),
  sha256: nullable(
    { type: 'string' },
    'The SHA-256 of the stored bytes in hex; null where nothing asked for it, and for a resumable upload to Google Cloud Storage.',
  ),
})
/** For one part named `file` the File; for parts named `files` the list, and for exactly one of them also its keys. */
const DirectUploadBody = {
  anyOf: [object({ files: { type: 'array', items: FileBody } }, FileBody.properties), FileBody],
} as const satisfies JSONSchema
export type FileBody = TypeOf<typeof FileBody>

/** Longer ones are refused here; which names are good is a rule of the domain. */
const Filename = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description:
    'No path: without `/`, `\\`, control characters, line separators and controls of the writing direction, and at most 900 bytes of UTF-8.',
} as const satisfies JSONSchema
const FileSize = {
  type: 'integer',
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'In bytes.',
} as const satisfies JSONSchema
const MimeType = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  description:
    'The type of the bytes, such as `application/pdf`, with any parameters, such as `text/plain; charset=utf-8` or `video/webm;codecs=vp8,opus`. The bytes are looked at when the file is registered: only what contradicts the type is refused.',
} as const satisfies JSONSchema

const Resumable = { type: 'string', const: 'resumable' } as const satisfies JSONSchema
const UploadType = {
  anyOf: [Resumable, { type: 'string', const: 'simple' }, { type: 'string', const: 'standard' }],
  description: 'For clients that send it: every session is resumable.',
} as const satisfies JSONSchema

const Checksums = {
  type: 'array',
  items: { enum: CHECKSUM_ALGORITHMS },
  maxItems: 16,
  description:
    'Checksums to compute while the bytes come, beside the CRC-32C: the File has them as `md5` and `sha256`, and the final object as `md5Hash` and `sha256Hash`.',
} as const satisfies JSONSchema

const UploadUrlRequest = object(
  { filename: Filename, file_size: FileSize, mime_type: MimeType },
  { upload_type: UploadType, checksums: Checksums },
)

const UploadUrlBody = object({
  upload_url: {
    type: 'string',
    description: 'The session URI, where the bytes go. It is a credential: whoever has it can upload.',
  },
  gcs_path: { type: 'string', description: 'What to give when the file is registered.' },
  file_id: { type: 'string', description: 'The id that the File will have.' },
  expires_at: { ...Time, description: 'Until then the file has to be sent and registered.' },
  max_file_size: { type: 'integer', description: 'The largest file that the service takes, in bytes.' },
  upload_type: Resumable,
  chunk_size_recommended: {
    type: 'integer',
    description: 'A good size of a chunk in bytes, where the file is sent in several.',
  },
})

const RegisterRequest = object(
  {
    filename: Filename,
    gcs_path: { type: 'string', minLength: 1, description: 'As upload-url gave it.' },
    file_size: FileSize,
    mime_type: MimeType,
  },
  {
    crc32c: {
      type: 'string',
      pattern: '^[A-Za-z0-9+/]{6}==$',
      description: 'The CRC-32C that the stored bytes must have: four bytes, the highest first, in base64.',
    },
  },
)

const ContentBody = object({
  file_id: { type: 'string' },
  filename: { type: 'string' },
  mime_type: { type: 'string' },
  file_size: { type: 'integer', description: 'In bytes.' },
  download_url: {
    type: 'string',
    description: 'Where the bytes are, for an hour. It is a credential: whoever has it can download.',
  },
})

const DownloadQuery = {
  type: 'object',
  properties: {
    token: { type: 'string', description: 'The credential; part of the `download_url`.' },
    expires: { type: 'string', description: 'Until when it is good; part of the `download_url`.' },
  },
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
