import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { isBucketName, isDefaultName } from '../../domain/files/bucket.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { isDefaultBucket } from './get-bucket.ts'
import { MAX_BUCKETS } from './list-buckets.ts'

/** `exists`: the organization had the bucket before. */
type Created = 'created' | 'exists'

/**
 * Creates a bucket. Its name is unique in the installation. Throws VALIDATION_ERROR for a name that no bucket can have,
 * BUCKET_ALREADY_EXISTS for the bucket of another organization and for all names of default buckets, whether the
 * organization exists or not, and INSUFFICIENT_PERMISSIONS when the operator allows no new buckets, or the organization
 * has `MAX_BUCKETS`.
 */
export const createBucket = defineOperation(
  {
    action: 'createBucket',
    kind: 'change',
    scope: 'files:write',
    targetOf: (name: string) => name,
    hasChanged: (created) => created === 'created',
  },
  async (
    { database, limits, now }: Pick<Context, 'database' | 'limits' | 'now'>,
    { organizationId }: Caller,
    name: string,
  ): Promise<Created> => {
    if (isDefaultBucket(organizationId, name)) return 'exists'
    if (isDefaultName(name)) throw new ServiceError('BUCKET_ALREADY_EXISTS', 'another bucket has this name')
    if (!isBucketName(name)) {
      throw new ServiceError('VALIDATION_ERROR', 'the name of the bucket is not valid', { field: 'bucket' })
    }
    if ((await database.buckets.find(organizationId, name)) !== null) return 'exists'
    if (!limits.createsBuckets)
      throw new ServiceError('INSUFFICIENT_PERMISSIONS', 'no buckets can be created')
    const existing = await database.buckets.list(organizationId, MAX_BUCKETS)
    if (existing.length === MAX_BUCKETS) {
      throw new ServiceError('INSUFFICIENT_PERMISSIONS', `the organization has ${MAX_BUCKETS} buckets`)
    }
    const created = await database.buckets.create(organizationId, name, now())
    if (created !== 'taken') return created
    throw new ServiceError('BUCKET_ALREADY_EXISTS', 'another bucket has this name')
  },
)
