import type { PartUpload, StoredUploadPart } from '../../operations/uploads/part-upload.ts'
import { nullable, object, type TypeOf } from '../http/json-schema.ts'
import { FileObject, PURPOSES, toFileObject, toSeconds, USER_DATA } from './file-object.ts'
import { Seconds } from './store-schemas.ts'

const UploadId = {
  type: 'string',
  description: 'The id of the upload. Its digits are those of the id of the File.',
  examples: ['upload_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'],
} as const

const PartId = { type: 'string', examples: ['part_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] } as const

export const UploadParams = object({ upload_id: { type: 'string', description: 'The id of the upload.' } })

export const UploadObject = object({
  id: UploadId,
  object: { type: 'string', enum: ['upload'] },
  bytes: { type: 'integer', description: 'The size that the parts must have together.' },
  created_at: { ...Seconds, description: 'The time of the creation in seconds since 1970.' },
  expires_at: { ...Seconds, description: 'The time at which a pending upload and its parts are deleted.' },
  filename: { type: 'string' },
  mime_type: { type: 'string', description: 'The type as it was declared.' },
  purpose: { type: 'string', enum: PURPOSES },
  status: { type: 'string', enum: ['pending', 'completed', 'cancelled', 'expired'] },
  file: nullable(FileObject, 'The File of a completed upload; null before, and when it is deleted.'),
})
export type UploadObject = TypeOf<typeof UploadObject>

export const CreatedUploadObject = object(UploadObject.properties, {
  already_stored: {
    type: 'boolean',
    description:
      'True if the organization has stored these bytes already: the upload is completed, and takes no parts. Absent ' +
      'otherwise.',
  },
})

export function toUploadObject({ session, status, file }: PartUpload): UploadObject {
  return {
    id: uploadIdOf(session.fileId),
    object: 'upload',
    bytes: session.sizeBytes ?? 0,
    created_at: toSeconds(session.createdAtMs),
    expires_at: toSeconds(session.expiresAtMs),
    filename: session.filename,
    mime_type: session.contentType,
    purpose: session.purpose ?? USER_DATA,
    status,
    file: file && toFileObject(file),
  }
}

export const UploadPartObject = object({
  id: PartId,
  object: { type: 'string', enum: ['upload.part'] },
  created_at: { ...Seconds, description: 'The time at which the part was stored, in seconds since 1970.' },
  upload_id: UploadId,
})

export const StoredPartObject = object({
  ...UploadPartObject.properties,
  size: { type: 'integer', description: 'The size in bytes.' },
  crc32c: { type: 'string', description: 'Base64 of the big-endian CRC-32C of the bytes.' },
})

/** Returns a part as the client that sent it gets it. */
export function toUploadPartObject(
  { partId, storedAtMs }: StoredUploadPart,
  fileId: string,
): TypeOf<typeof UploadPartObject> {
  return {
    id: partId,
    object: 'upload.part',
    created_at: toSeconds(storedAtMs),
    upload_id: uploadIdOf(fileId),
  }
}

/** Returns a part as the list has it. */
export function toStoredPartObject(part: StoredUploadPart, fileId: string): TypeOf<typeof StoredPartObject> {
  return { ...toUploadPartObject(part, fileId), size: part.sizeBytes, crc32c: part.crc32c }
}

/** Returns the id of the File that an upload makes. Text that is no id of an upload names no File. */
export function fileIdOfUpload(uploadId: string): string {
  return uploadId.startsWith('upload_') ? `file_${uploadId.slice('upload_'.length)}` : ''
}

function uploadIdOf(fileId: string): string {
  return fileId.replace(/^file_/, 'upload_')
}
