import type { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { deleteUploadBytes } from '../uploads/delete-upload-bytes.ts'

/**
 * Ends the session with the reason, and deletes its object; the sweep deletes an object that remains. Returns true
 * without a change when the session is registered.
 */
export async function dropRefused(
  context: Pick<Context, 'database' | 'storage' | 'log'>,
  organizationId: string,
  fileId: string,
  { code, message }: ServiceError,
): Promise<boolean> {
  const session = await context.database.uploadSessions.fail(organizationId, fileId, { code, message })
  if (!session?.failure) return session?.state.kind === 'registered'
  await deleteUploadBytes(context, session).catch((error: unknown) =>
    context.log.warn(
      { err: error, file_id: fileId },
      'the object of a refused upload could not be deleted yet',
    ),
  )
  return false
}
