import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'

/**
 * Removes every byte of a session that is cancelled or expired: of its unfinished upload, and of the object if the
 * last byte came first.
 */
export async function discardUpload(
  { storage }: Pick<Context, 'storage'>,
  { objectName, uploadHandle }: Pick<UploadSession, 'objectName' | 'uploadHandle'>,
): Promise<void> {
  const { uploads } = storage
  if (uploads.mode === 'hosted') await uploads.cancel(objectName)
  else if (uploadHandle !== null) await uploads.cancel(uploadHandle)
  await storage.remove(objectName)
}
