import type { JSONSchema } from 'json-schema-to-ts'
import type { File } from '../../domain/files/file.ts'
import { formatIsoTime } from '../../platform/iso-time.ts'
import { nullable, object, type TypeOf } from '../http/json-schema.ts'
import { Time } from './shapes.ts'

export const FileBody = object({
  id: { type: 'string', examples: ['file_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  original_filename: { type: 'string', description: 'The file name, as the client sent it.' },
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
    file_size: file.sizeBytes,
    mime_type: file.contentType,
    detected_mime_type: file.detectedContentType,
    storage_path: file.objectName,
    organization_id: file.organizationId,
    uploaded_by: null,
    uploaded_by_api_key_id: file.uploadedByApiKeyId,
    uploaded_at: formatIsoTime(file.uploadedAtMs),
    expires_at: file.expiresAtMs === null ? null : formatIsoTime(file.expiresAtMs),
    crc32c: file.crc32c,
    md5: file.md5,
    sha256: file.sha256,
  }
}

/** Fields with which a client declares a file. The domain has the rules for names and types. */
export const DeclaredFile = {
  filename: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description:
      'The file name, at most 900 bytes of UTF-8. It is not a path: `/`, `\\`, control characters, line separators and ' +
      'bidirectional controls are not allowed.',
  },
  file_size: {
    type: 'integer',
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'The size in bytes.',
  },
  mime_type: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    description:
      'The media type of the content, such as `application/pdf`. Parameters are allowed, such as ' +
      '`text/plain; charset=utf-8` or `video/webm;codecs=vp8,opus`. Registration checks the content, and refuses a type ' +
      'that the content contradicts.',
  },
} as const satisfies Readonly<Record<string, JSONSchema>>
