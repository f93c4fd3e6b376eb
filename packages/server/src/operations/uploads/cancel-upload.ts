import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { endUpload } from './end-upload.ts'

/**
 * Cancels a session, gives its reservation back and removes its bytes; again is no error.
 * Throws UPLOAD_NOT_FOUND, FILE_ALREADY_REGISTERED.
 */
export async function cancelUpload(context: Context, organizationId: string, fileId: string): Promise<void> {
  const session = await context.database.uploadSessions.cancel(organizationId, fileId, context.now())
  if (session === null) throw new ServiceError('UPLOAD_NOT_FOUND', 'there is no such upload session')
  if (session.state.kind === 'registered') {
    throw new ServiceError('FILE_ALREADY_REGISTERED', 'the upload is registered: delete the file instead')
  }
  await endUpload(context, session)
}
