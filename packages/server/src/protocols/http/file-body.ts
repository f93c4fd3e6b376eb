import type { File } from '../../domain/files/file.ts'
import { formatIsoTime } from '../../platform/iso-time.ts'
import { nullable, object, Time, type TypeOf } from './json-schema.ts'

/** Metadata of a File. */
export const FileMetadata = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description:
    'Pairs that the client stores with the File, at most 16. A key has at most 64 characters, a value at most 512.',
  examples: [{ project: 'Apollo' }],
} as const

/** A File in the JSON API, and in the final response of an upload of the IETF protocol. */
export const FileBody = object({
  id: { type: 'string', examples: ['file_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  original_filename: {
    type: 'string',
    description: 'The file name, as the client sent it. Several Files may share it.',
  },
  path: nullable({ type: 'string' }, 'The folder, such as `reports/2026`; null for the root.'),
  metadata: FileMetadata,
  file_size: { type: 'integer', description: 'The size in bytes.' },
  mime_type: {
    type: 'string',
    description:
      'The declared media type with its parameters. The content does not contradict it. Downloads have this type.',
  },
  detected_mime_type: nullable(
    { type: 'string' },
    'The media type of the signature in the content; null if there is no signature, as in most text files.',
  ),
  storage_path: { type: 'string', description: 'The name of the object in storage.' },
  organization_id: { type: 'string' },
  uploaded_by: nullable({ type: 'string' }, 'The id of the user; null if a key uploaded the file.'),
  uploaded_by_api_key_id: nullable({ type: 'string' }, 'The id of the key that uploaded the file.'),
  uploaded_at: Time,
  expires_at: nullable(Time, 'The time at which the service deletes the File; null if it keeps the File.'),
  trashed_at: nullable(Time, 'The time at which the File was moved to the trash; null outside it.'),
  damaged_at: nullable(
    Time,
    'The time at which the service found the stored bytes damaged; null if they are sound as far as it knows. ' +
      'Upload the file again, or ask the operator to restore it from a backup.',
  ),
  crc32c: {
    type: 'string',
    description: 'The CRC-32C of the stored bytes: 4 bytes in big-endian order, in base64.',
  },
  md5: nullable(
    { type: 'string' },
    'The MD5 of the stored bytes in hexadecimal; null if it was not requested.',
  ),
  sha256: nullable(
    { type: 'string' },
    'The SHA-256 of the stored bytes in hexadecimal; null if it was not requested, and for resumable uploads to ' +
      'Google Cloud Storage.',
  ),
})
export type FileBody = TypeOf<typeof FileBody>

export function toFileBody(file: File): FileBody {
  return {
    id: file.id,
    original_filename: file.filename,
    path: file.path === '' ? null : file.path,
    metadata: file.metadata,
    file_size: file.sizeBytes,
    mime_type: file.contentType,
    detected_mime_type: file.detectedContentType,
    storage_path: file.objectName,
    organization_id: file.organizationId,
    uploaded_by: file.uploadedBy,
    uploaded_by_api_key_id: file.uploadedByApiKeyId,
    uploaded_at: formatIsoTime(file.uploadedAtMs),
    expires_at: file.expiresAtMs === null ? null : formatIsoTime(file.expiresAtMs),
    trashed_at: file.trashedAtMs === null ? null : formatIsoTime(file.trashedAtMs),
    damaged_at: file.damagedAtMs === null ? null : formatIsoTime(file.damagedAtMs),
    crc32c: file.crc32c,
    md5: file.md5,
    sha256: file.sha256,
  }
}
