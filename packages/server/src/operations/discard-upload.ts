import type { UploadSession } from '../domain/upload-session.ts'
import type { Context } from './context.ts'

/**
 * Removes every byte of a session that is cancelled or expired: of its unfinished upload, and of the object if the
 * last byte came first.
 */
export async function discardUpload(
  { storage }: Pick<Context, 'storage'>,
  { objectName }: Pick<UploadSession, 'objectName'>,
): Promise<void> {
  await storage.uploads.cancel(objectName)
  await storage.remove(objectName)
}
