import { fileIdOf } from '../../domain/ids.ts'
import { completeDirectUpload } from '../../operations/uploads/complete-direct-upload.ts'
import { signUploadParts } from '../../operations/uploads/sign-upload-parts.ts'
import { formatIsoTime } from '../../platform/iso-time.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { object, Time } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { FileParams } from './shapes.ts'

const MAX_SIGNED = 100
const MAX_PARTS = 10_000
const MAX_BODY_BYTES = 2 * 1024 * 1024

const PartNumber = { type: 'integer', minimum: 1, maximum: MAX_PARTS } as const

const sign = endpoint(
  {
    operation: signUploadParts,
    method: 'POST',
    path: URLS.uploadParts,
    tag: 'Uploads',
    summary: 'Get URLs for parts of a direct upload',
    description:
      'For uploads with `upload_type` `parts`. Send the bytes of each part with PUT to its `url`, without a key and in any ' +
      'order, and keep the `ETag` of each response. A part can be sent again. The storage refuses a body of another size.',
    params: FileParams,
    body: object({
      numbers: {
        type: 'array',
        items: PartNumber,
        minItems: 1,
        maxItems: MAX_SIGNED,
        description: 'The numbers of the parts, from 1 to `part_count`.',
      },
    }),
    responses: {
      200: {
        description: 'The URLs, in the order of the numbers.',
        body: object({
          parts: {
            type: 'array',
            items: object({
              number: { type: 'integer' },
              url: {
                type: 'string',
                description: 'The URL at the storage. It is a credential for this part.',
              },
              size: { type: 'integer', description: 'The exact number of bytes of the part.' },
            }),
          },
          expires_at: { ...Time, description: 'The end of the validity of the URLs.' },
        }),
      },
    },
    errors: ['UPLOAD_NOT_FOUND', 'UPLOAD_SESSION_EXPIRED', 'VALIDATION_ERROR', 'STORAGE_UNAVAILABLE'],
  },
  ({ context }) =>
    async (request) => {
      const fileId = fileIdOf(request.params.file_id)
      const { numbers } = request.body
      const { urls, expiresAtMs } = await signUploadParts(context, callerOf(request), { fileId, numbers })
      const parts = urls.map(({ number, url, sizeBytes }) => ({ number, url, size: sizeBytes }))
      return { parts, expires_at: formatIsoTime(expiresAtMs) }
    },
)

const complete = endpoint(
  {
    operation: completeDirectUpload,
    method: 'POST',
    path: URLS.completeUpload,
    tag: 'Uploads',
    summary: 'Join the parts of a direct upload',
    description:
      'The service reads the complete object once to compute its checksums, so this takes time for large files. Register ' +
      'the file afterwards. The same request again has the same response.',
    params: FileParams,
    maxBodyBytes: MAX_BODY_BYTES,
    body: object({
      parts: {
        type: 'array',
        items: object({ number: PartNumber, etag: { type: 'string', minLength: 1, maxLength: 200 } }),
        minItems: 1,
        maxItems: MAX_PARTS,
        description: 'All parts, with the `ETag` of the response to each.',
      },
    }),
    responses: {
      200: {
        description: 'The complete object.',
        body: object({
          gcs_path: { type: 'string', description: 'The value of `gcs_path` for registration.' },
          file_id: { type: 'string', description: 'The `id` of the future File.' },
          file_size: { type: 'integer' },
          crc32c: { type: 'string', description: 'The CRC-32C of the bytes in base64.' },
        }),
      },
    },
    errors: [
      'UPLOAD_NOT_FOUND',
      'UPLOAD_SESSION_EXPIRED',
      'VALIDATION_ERROR',
      'CHECKSUM_MISMATCH',
      'STORAGE_UNAVAILABLE',
    ],
  },
  ({ context }) =>
    async (request) => {
      const fileId = fileIdOf(request.params.file_id)
      const { parts } = request.body
      const { object: stored } = await completeDirectUpload(context, callerOf(request), { fileId, parts })
      const { name, sizeBytes, crc32c } = stored
      return { gcs_path: name, file_id: fileId, file_size: sizeBytes, crc32c }
    },
)

export const DIRECT_PARTS = [sign, complete]
