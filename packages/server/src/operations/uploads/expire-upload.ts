import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { deleteSessionBytes } from './delete-upload-bytes.ts'

/**
 * Expires an unfinished session after its expiry time: the database releases its reservation, unless a register or a
 * cancel came first; then its bytes are deleted. Returns false without a change when the session had ended before.
 * Throws STORAGE_UNAVAILABLE.
 */
export const expireUpload = defineOperation(
  { action: 'expireUpload', kind: 'routine', scope: 'operator', targetOf: (fileId) => fileId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    fileId: string,
  ): Promise<boolean> => {
    const session = await context.database.uploadSessions.expire(organizationId, fileId, context.now())
    if (session?.state.kind !== 'expired') return false
    await deleteSessionBytes(context, session)
    return true
  },
)
