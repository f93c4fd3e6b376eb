import type { Caller } from '../../domain/access/caller.ts'
import { type Bucket, DEFAULT_BUCKET, defaultBucketName } from '../../domain/files/bucket.ts'
import type { Context } from '../context.ts'
import { defineOperation, type NoInput } from '../define-operation.ts'

/** Largest number of buckets that an organization can create. */
export const MAX_BUCKETS = 1000

/** Returns all buckets of the organization by name, its default one included. */
export const listBuckets = defineOperation(
  { action: 'listBuckets', kind: 'read', scope: 'files:read' },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    _input: NoInput,
  ): Promise<readonly Bucket[]> => {
    const [organization, created] = await Promise.all([
      database.organizations.find(organizationId),
      database.buckets.list(organizationId, MAX_BUCKETS),
    ])
    const name = defaultBucketName(organizationId)
    const ownBucket = { name, id: DEFAULT_BUCKET, createdAtMs: organization?.createdAtMs ?? 0 }
    return [...created, ownBucket].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  },
)
