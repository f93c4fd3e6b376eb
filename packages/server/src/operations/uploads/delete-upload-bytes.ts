import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'

/**
 * Deletes all received bytes of an upload, and its object if the upload was completed meanwhile.
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
 * Deletes the bytes of a cancelled or expired session, and then the provider's handle from its record. While the record
 * has a handle, the provider may still accept bytes, and a job deletes them again. Throws STORAGE_UNAVAILABLE.
 */
export async function deleteSessionBytes(
  context: Pick<Context, 'database' | 'storage'>,
  session: UploadSession,
): Promise<void> {
  await deleteUploadBytes(context, session)
  if (session.uploadHandle === null) return
  await context.database.uploadSessions.forgetHandle(session.organizationId, session.fileId)
}
