import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { type BucketFile, etagOf } from '../../domain/files/bucket-file.ts'
import { type EtagCondition, matchesEtag } from '../../domain/files/write-condition.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { removeFile } from '../files/delete-file.ts'
import { findBucketId } from './get-bucket.ts'
import type { NamedKey } from './get-bucket-file.ts'

interface Deletion extends NamedKey {
  /** Entity tags of which the File must have one; null for no condition. */
  readonly ifMatch: EtagCondition | null
}

/**
 * Deletes the File of a key. Returns it; null when there is none, which is no error in S3. Throws BUCKET_NOT_FOUND, and
 * PRECONDITION_FAILED for another entity tag.
 */
export const deleteBucketFile = defineOperation(
  {
    action: 'deleteBucketFile',
    kind: 'change',
    scope: 'files:write',
    targetOf: (_input: Deletion, deleted) => deleted?.file.id ?? null,
    hasChanged: (deleted) => deleted !== null,
  },
  async (
    context: Pick<Context, 'database' | 'storage' | 'log' | 'now'>,
    { organizationId }: Caller,
    { bucket: name, key, ifMatch }: Deletion,
  ): Promise<BucketFile | null> => {
    const bucket = await findBucketId(context, organizationId, name)
    const found = await context.database.buckets.findFile(organizationId, { bucket, key }, context.now())
    if (found === null) return null
    if (ifMatch !== null && !matchesEtag(ifMatch, etagOf(found))) {
      throw new ServiceError('PRECONDITION_FAILED', 'the file has another entity tag')
    }
    // Another request may have been first: then nothing is deleted, and a File that replaced this one stays.
    const deleted = await removeFile(context, organizationId, found.file.id, 'live')
    return deleted && found
  },
)
