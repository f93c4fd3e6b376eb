import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { discardUpload } from './discard-upload.ts'

/**
 * Discards the upload of a session that is cancelled or expired, and then forgets by what the storage knows it: while the
 * record has that, the upload may still take bytes, and is ended again later. Throws STORAGE_UNAVAILABLE.
 */
export async function endUpload(
  context: Pick<Context, 'database' | 'storage'>,
  session: UploadSession,
): Promise<void> {
  await discardUpload(context, session)
  if (session.uploadHandle === null) return
  await context.database.uploadSessions.forgetHandle(session.organizationId, session.fileId)
}
