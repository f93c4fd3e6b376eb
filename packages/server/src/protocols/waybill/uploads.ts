import type { JSONSchema } from 'json-schema-to-ts'
import { fileIdOf } from '../../domain/ids.ts'
import { CHECKSUM_ALGORITHMS } from '../../domain/uploads/checksums.ts'
import { cancelUpload } from '../../operations/uploads/cancel-upload.ts'
import { createUploadUrl } from '../../operations/uploads/create-upload-url.ts'
import { createUploadList, LIST_UPLOADS, type OpenUpload } from '../../operations/uploads/list-uploads.ts'
import { formatIsoTime } from '../../platform/iso-time.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { nullable, object } from '../http/json-schema.ts'
import { sessionUri, URLS } from '../urls.ts'
import { DeclaredFile } from './file-body.ts'
import {
  FileParams,
  ListQuery,
  OrganizationParams,
  PageFields,
  pageFields,
  Time,
  toListInput,
} from './shapes.ts'

/** Large enough that round trips cost little, and small enough that a lost chunk costs little too. */
const RECOMMENDED_CHUNK_BYTES = 8 * 1024 * 1024

const Resumable = { type: 'string', enum: ['resumable'] } as const satisfies JSONSchema

const open = endpoint(
  {
    operation: createUploadUrl,
    method: 'POST',
    path: URLS.uploadUrl,
    tag: 'Uploads',
    summary: 'Create an upload session; send the bytes to its `upload_url`',
    description:
      'Reserves the size from the quota of the organization until the file is registered or the session ends. Sending the ' +
      'bytes needs no key: the URL is the credential. The number of unfinished sessions of an organization is limited, to ' +
      '10,000 unless the operator set another limit. A request beyond the limit is refused with 429 `RATE_LIMIT_EXCEEDED`, ' +
      'and `details.limit` has the limit.',
    params: OrganizationParams,
    body: object(DeclaredFile, {
      upload_type: {
        anyOf: [Resumable, { type: 'string', enum: ['simple'] }, { type: 'string', enum: ['standard'] }],
        description: 'Accepted for compatibility. Every session is resumable.',
      },
      checksums: {
        type: 'array',
        items: { enum: CHECKSUM_ALGORITHMS },
        maxItems: 16,
        description:
          'Checksums to compute during the upload, in addition to the CRC-32C. The File has them as `md5` and `sha256`, ' +
          'and the object as `md5Hash` and `sha256Hash`.',
      },
      expires_after: {
        type: 'object',
        properties: {
          anchor: { type: 'string', enum: ['created_at'] },
          seconds: { type: 'integer', minimum: 3600, maximum: 2_592_000, examples: [86_400] },
        },
        required: ['anchor', 'seconds'],
        description:
          'The lifetime of the File, from its registration. The service deletes the File at its end.',
      },
    }),
    responses: {
      200: {
        description: 'The upload session.',
        body: object({
          upload_url: {
            type: 'string',
            description:
              'The session URI, which receives the bytes. It is a credential: every client that has it can upload.',
          },
          gcs_path: { type: 'string', description: 'The value of `gcs_path` for registration.' },
          file_id: { type: 'string', description: 'The `id` of the future File.' },
          expires_at: {
            ...Time,
            description: 'The end of the session. Upload and register the file before it.',
          },
          max_file_size: { type: 'integer', description: 'The maximum size of a file in bytes.' },
          upload_type: Resumable,
          chunk_size_recommended: {
            type: 'integer',
            description: 'The recommended size in bytes of a chunk, for uploads in several requests.',
          },
        }),
      },
    },
    errors: ['STORAGE_QUOTA_EXCEEDED', 'FILE_TOO_LARGE', 'UNSUPPORTED_FILE_TYPE', 'STORAGE_UNAVAILABLE'],
  },
  ({ context, publicUrl }) =>
    async (request) => {
      const { filename, file_size, mime_type, checksums = [], expires_after } = request.body
      const { origin = null } = request.headers
      const fileLifetimeMs = expires_after === undefined ? null : expires_after.seconds * 1000
      const input = {
        filename,
        sizeBytes: file_size,
        contentType: mime_type,
        origin,
        checksums,
        fileLifetimeMs,
      }
      const { session, target } = await createUploadUrl(context, callerOf(request), input)
      return {
        upload_url: target.kind === 'here' ? sessionUri(publicUrl(), target.uploadId) : target.sessionUri,
        gcs_path: session.objectName,
        file_id: session.fileId,
        expires_at: formatIsoTime(session.expiresAtMs),
        max_file_size: context.limits.maxFileBytes,
        upload_type: 'resumable' as const,
        chunk_size_recommended: RECOMMENDED_CHUNK_BYTES,
      }
    },
)

const OpenUploadBody = object({
  file_id: { type: 'string', description: 'The `id` of the future File.' },
  filename: { type: 'string' },
  file_size: { type: 'integer', description: 'The declared size in bytes.' },
  received_bytes: nullable(
    { type: 'integer' },
    'The number of stored bytes; null if only the storage provider knows it.',
  ),
  created_at: Time,
  expires_at: Time,
})

const list = endpoint(
  {
    operation: LIST_UPLOADS,
    method: 'GET',
    path: URLS.uploads,
    tag: 'Uploads',
    summary: 'List open upload sessions, newest first',
    description: 'The list does not contain their URLs, which are credentials.',
    params: OrganizationParams,
    query: ListQuery,
    responses: {
      200: {
        description: 'A page of upload sessions.',
        body: object({ uploads: { type: 'array', items: OpenUploadBody }, ...PageFields }),
      },
    },
    errors: ['VALIDATION_ERROR', 'STORAGE_UNAVAILABLE'],
  },
  ({ context }) => {
    const listUploads = createUploadList()
    return async (request) => {
      const { query } = request
      const page = await listUploads(context, callerOf(request), toListInput(query))
      const uploads = page.items.map(toOpenUploadBody)
      return { uploads, ...pageFields(query, page, uploads.at(-1)?.file_id) }
    }
  },
)

function toOpenUploadBody({ session, receivedBytes }: OpenUpload) {
  return {
    file_id: session.fileId,
    filename: session.filename,
    file_size: session.sizeBytes,
    received_bytes: receivedBytes,
    created_at: formatIsoTime(session.createdAtMs),
    expires_at: formatIsoTime(session.expiresAtMs),
  }
}

const cancel = endpoint(
  {
    operation: cancelUpload,
    method: 'DELETE',
    path: URLS.upload,
    tag: 'Uploads',
    summary: 'Cancel an upload session',
    description:
      'Deletes the received bytes, and releases the reserved quota. Cancelling a cancelled session is not an error.',
    params: FileParams,
    responses: { 204: { description: 'The session is cancelled.' } },
    errors: ['UPLOAD_NOT_FOUND', 'FILE_ALREADY_REGISTERED', 'STORAGE_UNAVAILABLE'],
  },
  ({ context }) =>
    async (request, reply) => {
      await cancelUpload(context, callerOf(request), fileIdOf(request.params.file_id))
      return reply.code(204).send()
    },
)

export const UPLOAD_URLS = [open]
export const UPLOADS = [list, cancel]
