import type { Caller } from '../../domain/access/caller.ts'
import type { BucketFile } from '../../domain/files/bucket-file.ts'
import type { KeyListPage, KeyListRequest } from '../../domain/files/key-list.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findBucketId } from './get-bucket.ts'

interface ListInput {
  readonly bucket: string
  readonly request: KeyListRequest
}

/** Lists Files of a bucket in the byte order of their keys, with common prefixes. Throws BUCKET_NOT_FOUND. */
export const listBucketFiles = defineOperation(
  { action: 'listBucketFiles', kind: 'read', scope: 'files:read', targetOf: ({ bucket }) => bucket },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    { bucket, request }: ListInput,
  ): Promise<KeyListPage<BucketFile>> => {
    const bucketId = await findBucketId({ database }, organizationId, bucket)
    return database.buckets.listKeys(organizationId, bucketId, request, now())
  },
)
