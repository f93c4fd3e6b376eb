import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findPartUpload, type PartUpload } from './part-upload.ts'

/** Returns an upload of parts, also after its end. Throws UPLOAD_NOT_FOUND. */
export const getPartUpload = defineOperation(
  { action: 'getPartUpload', kind: 'read', scope: 'files:read', targetOf: (fileId) => fileId },
  (
    context: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    fileId: string,
  ): Promise<PartUpload> => findPartUpload(context, organizationId, fileId),
)
