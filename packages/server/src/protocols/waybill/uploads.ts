import type { JSONSchema } from 'json-schema-to-ts'
import { fileIdOf } from '../../domain/ids.ts'
import { CHECKSUM_ALGORITHMS } from '../../domain/uploads/checksums.ts'
import { parseMetadata } from '../../domain/vector-stores/parse-attributes.ts'
import { cancelUpload } from '../../operations/uploads/cancel-upload.ts'
import { createUploadUrl } from '../../operations/uploads/create-upload-url.ts'
import { createUploadList, LIST_UPLOADS, type OpenUpload } from '../../operations/uploads/list-uploads.ts'
import type { UploadTarget } from '../../operations/uploads/open-upload.ts'
import { formatIsoTime } from '../../platform/iso-time.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { FileBody, FileMetadata, toFileBody } from '../http/file-body.ts'
import { nullable, object, Time } from '../http/json-schema.ts'
import { readDigest } from '../http/read-digest.ts'
import { directUploadUrls, sessionUri, URLS } from '../urls.ts'
import { DeclaredFile, Folder } from './declared-file.ts'
import { FileParams, ListQuery, OrganizationParams, PageFields, pageFields, toListInput } from './shapes.ts'

/** Large enough that round trips cost little, and small enough that a lost chunk costs little too. */
const RECOMMENDED_CHUNK_BYTES = 8 * 1024 * 1024

const Resumable = { type: 'string', enum: ['resumable'] } as const satisfies JSONSchema

const Parts = { type: 'string', enum: ['parts'] } as const satisfies JSONSchema

const GcsPath = { type: 'string', description: 'The value of `gcs_path` for registration.' } as const

const UploadUrlBody = object({
  already_stored: {
    type: 'boolean',
    enum: [false],
    description: 'False when the client has to send the bytes.',
  },
  upload_url: {
    type: 'string',
    description:
      'The session URI, which receives the bytes. It is a credential: every client that has it can upload.',
  },
  gcs_path: GcsPath,
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
})

const PartsUploadBody = object({
  already_stored: {
    type: 'boolean',
    enum: [false],
    description: 'False when the client has to send the bytes.',
  },
  gcs_path: GcsPath,
  file_id: { type: 'string', description: 'The `id` of the future File.' },
  expires_at: {
    ...Time,
    description: 'The end of the session. Upload and register the file before it.',
  },
  max_file_size: { type: 'integer', description: 'The maximum size of a file in bytes.' },
  upload_type: Parts,
  part_size: { type: 'integer', description: 'The size in bytes of every part but the last.' },
  part_count: { type: 'integer', description: 'The number of parts.' },
  parts_url: { type: 'string', description: 'The URL that returns URLs of parts; it needs a key.' },
  complete_url: { type: 'string', description: 'The URL that joins the parts; it needs a key.' },
})

const StoredUploadBody = object({
  already_stored: {
    type: 'boolean',
    enum: [true],
    description:
      'True when the organization has stored the content of this `sha256` already: nothing is left to send or to register.',
  },
  gcs_path: GcsPath,
  file_id: { type: 'string', description: 'The `id` of the File.' },
  file: FileBody,
})

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
        anyOf: [
          Resumable,
          Parts,
          { type: 'string', enum: ['simple'] },
          { type: 'string', enum: ['standard'] },
        ],
        description:
          '`parts`: the client sends parts to the S3 storage of the service directly, where the operator offers it. The ' +
          'other values are accepted for compatibility: every other session is resumable.',
      },
      checksums: {
        type: 'array',
        items: { enum: CHECKSUM_ALGORITHMS },
        maxItems: 16,
        description:
          'Checksums to compute during the upload, in addition to the CRC-32C. The File has them as `md5` and `sha256`, ' +
          'and the object as `md5Hash` and `sha256Hash`.',
      },
      sha256: {
        type: 'string',
        minLength: 1,
        maxLength: 64,
        examples: ['2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'],
        description:
          'The SHA-256 of the content, as 64 hexadecimal digits or in base64. If the organization has stored this content ' +
          'already, the File exists at once and shares the stored bytes. Otherwise the uploaded bytes must match it, and ' +
          'the File has it as `sha256`.',
      },
      path: Folder,
      metadata: FileMetadata,
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
      auto_register: {
        type: 'boolean',
        examples: [false],
        description:
          'True to register the File with the last byte, without a further request. The response to that byte then has the ' +
          'header `X-Waybill-File-Id`; it is 422 when the content is refused, which ends the session. Not available with ' +
          'Google Cloud Storage.',
      },
    }),
    responses: {
      200: {
        description: 'The upload session, or the File of content that is stored already.',
        body: { anyOf: [UploadUrlBody, PartsUploadBody, StoredUploadBody] },
      },
    },
    errors: [
      'STORAGE_QUOTA_EXCEEDED',
      'FILE_TOO_LARGE',
      'UNSUPPORTED_FILE_TYPE',
      'FILE_TYPE_MISMATCH',
      'FILE_REJECTED',
      'STORAGE_UNAVAILABLE',
    ],
  },
  ({ context, publicUrl }) =>
    async (request) => {
      const {
        filename,
        file_size,
        mime_type,
        checksums = [],
        expires_after,
        auto_register = false,
        sha256,
        path = '',
        metadata,
        upload_type,
      } = request.body
      const { origin = null } = request.headers
      const fileLifetimeMs = expires_after === undefined ? null : expires_after.seconds * 1000
      const input = {
        filename,
        sizeBytes: file_size,
        contentType: mime_type,
        origin,
        checksums,
        fileLifetimeMs,
        sha256: sha256 === undefined ? null : readDigest(sha256, 'sha256', 'sha256'),
        path,
        fileMetadata: metadata === undefined ? {} : parseMetadata(metadata, 'metadata'),
        isDirect: upload_type === 'parts',
        registers: auto_register ? ('when-complete' as const) : ('on-request' as const),
      }
      const created = await createUploadUrl(context, callerOf(request), input)
      const { session } = created
      const names = { gcs_path: session.objectName, file_id: session.fileId }
      if (created.kind === 'stored')
        return { already_stored: true as const, ...names, file: toFileBody(created.file) }
      const facts = {
        already_stored: false as const,
        ...names,
        expires_at: formatIsoTime(session.expiresAtMs),
        max_file_size: context.limits.maxFileBytes,
      }
      const plan = input.isDirect ? context.storage.directUploads?.plan(file_size) : undefined
      if (plan !== undefined) {
        return {
          ...facts,
          upload_type: 'parts' as const,
          part_size: plan.partBytes,
          part_count: plan.partCount,
          ...directUploadUrls(publicUrl(), session.organizationId, session.fileId),
        }
      }
      return {
        ...facts,
        upload_url: uploadUrlOf(created.target, publicUrl()),
        upload_type: 'resumable' as const,
        chunk_size_recommended: RECOMMENDED_CHUNK_BYTES,
      }
    },
)

function uploadUrlOf(target: UploadTarget, publicUrl: string): string {
  return target.kind === 'here' ? sessionUri(publicUrl, target.uploadId) : target.sessionUri
}

const OpenUploadBody = object({
  file_id: { type: 'string', description: 'The `id` of the future File.' },
  filename: { type: 'string' },
  file_size: nullable({ type: 'integer' }, 'The declared size in bytes; null while it is unknown.'),
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
