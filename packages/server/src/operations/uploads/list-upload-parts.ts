import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findPartUpload, type StoredUploadPart } from './part-upload.ts'

/**
 * Returns the parts of a pending upload in the order in which they were stored, so that a client can continue it after
 * a crash; none after its end. Throws UPLOAD_NOT_FOUND, STORAGE_UNAVAILABLE.
 */
export const listUploadParts = defineOperation(
  { action: 'listUploadParts', kind: 'read', scope: 'files:read', targetOf: (fileId) => fileId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    fileId: string,
  ): Promise<readonly StoredUploadPart[]> => {
    const { session, status } = await findPartUpload(context, organizationId, fileId)
    return status === 'pending' ? context.storage.parts.list(session.objectName) : []
  },
)
