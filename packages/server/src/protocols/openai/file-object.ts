import { FILE_PURPOSES, type File, type FilePurpose } from '../../domain/files/file.ts'
import { readOneOf } from '../../domain/read-values.ts'
import { object, type TypeOf } from '../http/json-schema.ts'
import { openaiFileId } from './file-id.ts'
import { Seconds, SecondsOrNull } from './store-schemas.ts'

const DAMAGED =
  'The stored bytes are damaged. Upload the file again, or ask the operator to restore it from a backup.'

/** Label of Files without another one. */
export const USER_DATA = 'user_data'

/** Labels that a client may choose. */
export const PURPOSES = [...FILE_PURPOSES, USER_DATA] as const

export const FileObject = object({
  id: { type: 'string', examples: ['file-0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  object: { type: 'string', enum: ['file'] },
  bytes: { type: 'integer', description: 'The size in bytes.' },
  created_at: { ...Seconds, description: 'The time of the upload in seconds since 1970.' },
  expires_at: {
    ...SecondsOrNull,
    description: 'The time at which the service deletes the File; null if it keeps the File.',
  },
  filename: { type: 'string' },
  purpose: { type: 'string', enum: PURPOSES, description: 'A label. It changes no right and no check.' },
  status: {
    type: 'string',
    enum: ['processed', 'error', 'uploaded'],
    description: '`error` if the stored bytes are damaged, otherwise `processed`.',
  },
  status_details: { type: ['string', 'null'], description: 'The reason of an `error`, with the next step.' },
})
export type FileObject = TypeOf<typeof FileObject>

export function toFileObject(file: File): FileObject {
  return {
    id: openaiFileId(file.id),
    object: 'file',
    bytes: file.sizeBytes,
    created_at: toSeconds(file.uploadedAtMs),
    expires_at: file.expiresAtMs === null ? null : toSeconds(file.expiresAtMs),
    filename: file.filename,
    purpose: file.purpose ?? USER_DATA,
    // A File exists only when all its bytes are checked and stored.
    status: file.damagedAtMs === null ? 'processed' : 'error',
    status_details: file.damagedAtMs === null ? null : DAMAGED,
  }
}

/** Returns the label to store, null for `user_data`. Throws VALIDATION_ERROR. */
export function readPurpose(value: unknown): FilePurpose | null {
  const purpose = readOneOf(value, 'purpose', PURPOSES)
  return purpose === USER_DATA ? null : purpose
}

/** Returns a time in whole seconds since 1970, rounded down. */
export function toSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000)
}
