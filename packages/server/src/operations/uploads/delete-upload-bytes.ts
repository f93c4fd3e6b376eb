import type { Caller } from '../../domain/access/caller.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

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
  session: Pick<UploadSession, 'organizationId' | 'fileId' | 'objectName' | 'uploadHandle'>,
): Promise<void> {
  await deleteUploadBytes(context, session)
  if (session.uploadHandle === null) return
  await context.database.uploadSessions.forgetHandle(session.organizationId, session.fileId)
}

/**
 * Deletes the bytes of a session that has ended, when the provider could not delete them at its end.
 * Throws STORAGE_UNAVAILABLE.
 */
export const deleteRemainingUpload = defineOperation(
  { action: 'deleteRemainingUpload', kind: 'routine', scope: 'operator', targetOf: ({ fileId }) => fileId },
  (
    context: Pick<Context, 'database' | 'storage'>,
    { organizationId }: Caller,
    upload: Pick<UploadSession, 'fileId' | 'objectName' | 'uploadHandle'>,
  ): Promise<void> => deleteSessionBytes(context, { ...upload, organizationId }),
)
