import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { deleteSessionBytes } from './delete-upload-bytes.ts'

type CancelContext = Pick<Context, 'database' | 'storage' | 'now'>

/**
 * Cancels a session, releases its reservation and deletes its bytes. Idempotent.
 * Throws UPLOAD_NOT_FOUND, FILE_ALREADY_REGISTERED.
 */
export const cancelUpload = defineOperation(
  { action: 'cancelUpload', kind: 'change', scope: 'files:write', targetOf: (fileId) => fileId },
  async (context: CancelContext, { organizationId }: Caller, fileId: string): Promise<void> => {
    await cancelSession(context, organizationId, fileId)
  },
)

/**
 * Cancels a session if it has not ended, and deletes its bytes. Returns the session, which is cancelled or has
 * expired. Throws UPLOAD_NOT_FOUND, FILE_ALREADY_REGISTERED.
 */
export async function cancelSession(
  context: CancelContext,
  organizationId: string,
  fileId: string,
): Promise<UploadSession> {
  const session = await context.database.uploadSessions.cancel(organizationId, fileId, context.now())
  if (session === null) throw new ServiceError('UPLOAD_NOT_FOUND', 'there is no such upload session')
  if (session.state.kind === 'registered') {
    throw new ServiceError('FILE_ALREADY_REGISTERED', 'the upload is registered: delete the file instead')
  }
  await deleteSessionBytes(context, session)
  return session
}
