import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { isDefaultBucket, noBucket } from './get-bucket.ts'

/**
 * Deletes an empty bucket. Throws BUCKET_NOT_FOUND, BUCKET_NOT_EMPTY, and INSUFFICIENT_PERMISSIONS for the default
 * bucket, which always exists, and for that of another organization.
 */
export const deleteBucket = defineOperation(
  { action: 'deleteBucket', kind: 'change', scope: 'files:write', targetOf: (name) => name },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    name: string,
  ): Promise<void> => {
    if (isDefaultBucket(organizationId, name)) {
      throw new ServiceError('INSUFFICIENT_PERMISSIONS', 'the default bucket cannot be deleted')
    }
    const outcome = await database.buckets.delete(organizationId, name)
    if (outcome === 'not-found') throw await noBucket({ database }, organizationId, name)
    if (outcome === 'not-empty') throw new ServiceError('BUCKET_NOT_EMPTY', 'the bucket has Files')
  },
)
