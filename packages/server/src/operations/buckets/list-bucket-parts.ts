import type { Caller } from '../../domain/access/caller.ts'
import type { BucketUpload } from '../../domain/uploads/bucket-upload.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type BucketPart, bucketPartsOf, findOpenBucketUpload, type NamedUpload } from './bucket-upload.ts'

interface ListedParts {
  readonly place: BucketUpload
  /** In the order of their numbers. */
  readonly parts: readonly BucketPart[]
}

/** Returns the stored parts of a multipart upload. Throws BUCKET_NOT_FOUND, UPLOAD_NOT_FOUND. */
export const listBucketParts = defineOperation(
  { action: 'listBucketParts', kind: 'read', scope: 'files:read', targetOf: ({ uploadId }) => uploadId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    named: NamedUpload,
  ): Promise<ListedParts> => {
    const { session, place } = await findOpenBucketUpload(context, organizationId, named)
    return { place, parts: await bucketPartsOf(context, session) }
  },
)
