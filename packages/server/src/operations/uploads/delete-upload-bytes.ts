import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'

/**
 * Deletes every byte of an upload: what has been received, and the object if the last byte came first.
 * Throws STORAGE_UNAVAILABLE.
 */
export async function deleteUploadBytes(
  { storage }: Pick<Context, 'storage'>,
  { objectName, uploadHandle }: Pick<UploadSession, 'objectName' | 'uploadHandle'>,
): Promise<void> {
  const { uploads } = storage
  if (uploads.mode === 'hosted') await uploads.cancel(objectName)
  else if (uploadHandle !== null) await uploads.cancel(uploadHandle)
  await storage.remove(objectName)
}

/**
 * Deletes the bytes of a cancelled or expired session, and then the storage's handle from its record. While the record
 * has a handle, the upload may still take bytes, and a job deletes them again. Throws STORAGE_UNAVAILABLE.
 */
export async function deleteSessionBytes(
  context: Pick<Context, 'database' | 'storage'>,
  session: UploadSession,
): Promise<void> {
  await deleteUploadBytes(context, session)
  if (session.uploadHandle === null) return
  await context.database.uploadSessions.forgetHandle(session.organizationId, session.fileId)
}
