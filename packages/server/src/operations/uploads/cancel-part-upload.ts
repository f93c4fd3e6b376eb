import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { cancelSession } from './cancel-upload.ts'
import { findPartUpload, notPending, type PartUpload } from './part-upload.ts'

/**
 * Cancels an upload of parts, releases its reservation and deletes its bytes. Idempotent.
 * Throws UPLOAD_NOT_FOUND, FILE_ALREADY_REGISTERED, UPLOAD_SESSION_EXPIRED, STORAGE_UNAVAILABLE.
 */
export const cancelPartUpload = defineOperation(
  { action: 'cancelPartUpload', kind: 'change', scope: 'files:write', targetOf: (fileId) => fileId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    fileId: string,
  ): Promise<PartUpload> => {
    const { status } = await findPartUpload(context, organizationId, fileId)
    if (status === 'expired') throw notPending(status)
    const session = await cancelSession(context, organizationId, fileId)
    if (session.state.kind === 'expired') throw notPending('expired')
    return { session, status: 'cancelled', file: null }
  },
)
