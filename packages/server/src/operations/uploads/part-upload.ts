import { ServiceError } from '../../domain/errors.ts'
import { type File, isExpiredFile } from '../../domain/files/file.ts'
import { isExpired, type UploadSession } from '../../domain/uploads/upload-session.ts'
import { MAX_PARTS, type StoredPart } from '../../storage/part-uploads.ts'
import type { Context } from '../context.ts'
import { deleteUploadBytes } from './delete-upload-bytes.ts'

/** Largest number of parts of one upload. */
export const MAX_UPLOAD_PARTS = MAX_PARTS

export type StoredUploadPart = Pick<StoredPart, 'partId' | 'sizeBytes' | 'crc32c' | 'storedAtMs'>

/** Upload whose bytes arrive as parts. */
export interface PartUpload {
  readonly session: UploadSession
  readonly status: PartUploadStatus
  /** File of a completed upload; null before, and when it is deleted. */
  readonly file: File | null
}

/** `pending`: parts can be added. An upload whose content was refused is `cancelled`. */
export type PartUploadStatus = 'pending' | 'completed' | 'cancelled' | 'expired'

type FindContext = Pick<Context, 'database' | 'now'>

/** Returns an upload of parts. Throws UPLOAD_NOT_FOUND. */
export async function findPartUpload(
  { database, now }: FindContext,
  organizationId: string,
  fileId: string,
): Promise<PartUpload> {
  const session = await database.uploadSessions.findByFileId(organizationId, fileId)
  if (session?.layout !== 'parts') throw uploadNotFound()
  const status = statusOf(session, now())
  const file = status === 'completed' ? await database.files.find(organizationId, fileId) : null
  return { session, status, file: file && !isExpiredFile(file, now()) ? file : null }
}

/** Returns the session of a pending upload of parts. Throws UPLOAD_NOT_FOUND, UPLOAD_SESSION_EXPIRED. */
export async function findPendingUpload(
  context: FindContext,
  organizationId: string,
  fileId: string,
): Promise<UploadSession> {
  const { session, status } = await findPartUpload(context, organizationId, fileId)
  if (status !== 'pending') throw notPending(status)
  return session
}

export function notPending(status: PartUploadStatus): ServiceError {
  return new ServiceError('UPLOAD_SESSION_EXPIRED', `the upload is ${status}: it accepts no more parts`)
}

/**
 * Returns the error for an upload that was completed, cancelled or has expired since its session was read. Deletes its
 * bytes unless it is completed: its end may have deleted them before the last ones were stored.
 */
export async function errorOfEnd(
  context: Pick<Context, 'database' | 'storage' | 'now'>,
  session: UploadSession,
): Promise<ServiceError> {
  const { status } = await findPartUpload(context, session.organizationId, session.fileId)
  // An object that is not registered yet.
  if (status === 'pending' || status === 'completed') return notPending('completed')
  await deleteUploadBytes(context, session)
  return notPending(status)
}

export function uploadNotFound(): ServiceError {
  return new ServiceError('UPLOAD_NOT_FOUND', 'there is no such upload')
}

function statusOf(session: UploadSession, nowMs: number): PartUploadStatus {
  if (session.state.kind === 'registered') return 'completed'
  if (session.state.kind === 'cancelled' || session.failure !== null) return 'cancelled'
  return isExpired(session, nowMs) ? 'expired' : 'pending'
}
