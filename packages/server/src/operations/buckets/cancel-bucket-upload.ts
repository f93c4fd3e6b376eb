import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { cancelSession } from '../uploads/cancel-upload.ts'
import { findOpenBucketUpload, type NamedUpload } from './bucket-upload.ts'

/** Cancels a multipart upload and deletes its parts. Throws BUCKET_NOT_FOUND, UPLOAD_NOT_FOUND. */
export const cancelBucketUpload = defineOperation(
  {
    action: 'cancelBucketUpload',
    kind: 'change',
    scope: 'files:write',
    targetOf: ({ uploadId }) => uploadId,
  },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    named: NamedUpload,
  ): Promise<void> => {
    const { session } = await findOpenBucketUpload(context, organizationId, named)
    await cancelSession(context, organizationId, session.fileId)
  },
)
