import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { DEFAULT_BUCKET, defaultBucketName, isDefaultName } from '../../domain/files/bucket.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Checks that the organization has a bucket. Throws BUCKET_NOT_FOUND, INSUFFICIENT_PERMISSIONS. */
export const getBucket = defineOperation(
  { action: 'getBucket', kind: 'read', scope: 'files:read', targetOf: (name) => name },
  async (context: Pick<Context, 'database'>, { organizationId }: Caller, name: string): Promise<void> => {
    await findBucketId(context, organizationId, name)
  },
)

/**
 * Returns the id of a bucket of the organization. The id of the organization is another name of its default bucket.
 * Throws BUCKET_NOT_FOUND, and INSUFFICIENT_PERMISSIONS for the bucket of another organization.
 */
export async function findBucketId(
  { database }: Pick<Context, 'database'>,
  organizationId: string,
  name: string,
): Promise<string> {
  if (isDefaultBucket(organizationId, name)) return DEFAULT_BUCKET
  const bucket = await database.buckets.find(organizationId, name)
  if (bucket === null) throw await noBucket({ database }, organizationId, name)
  return bucket.id
}

/**
 * Returns the error for a bucket that the organization does not have. Names of named buckets are no secret, because the
 * creation of one tells that it is taken. Every name of a default bucket counts as taken: which organizations exist is a
 * secret.
 */
export async function noBucket(
  { database }: Pick<Context, 'database'>,
  organizationId: string,
  name: string,
): Promise<ServiceError> {
  const isOfOther = isDefaultName(name) || (await database.buckets.isTaken(organizationId, name))
  return isOfOther
    ? new ServiceError('INSUFFICIENT_PERMISSIONS', 'the bucket belongs to another organization')
    : bucketNotFound()
}

/** Returns true for a name of the organization's default bucket. */
export function isDefaultBucket(organizationId: string, name: string): boolean {
  return name === defaultBucketName(organizationId) || name === organizationId
}

export function bucketNotFound(): ServiceError {
  return new ServiceError('BUCKET_NOT_FOUND', 'there is no such bucket')
}
