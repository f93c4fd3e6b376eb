import type { Readable } from 'node:stream'
import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { BucketFile } from '../../domain/files/bucket-file.ts'
import type { ByteRange } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findBucketId } from './get-bucket.ts'

/** A key in a bucket, named as clients name it. */
export interface NamedKey {
  readonly bucket: string
  readonly key: string
}

export interface ReadableBucketFile extends BucketFile {
  /** Opens the bytes, or a range of them. Throws STORAGE_UNAVAILABLE. */
  read(range: ByteRange | null): Promise<Readable>
}

/** Returns the File of a key, whatever stores its bytes. Throws BUCKET_NOT_FOUND, FILE_NOT_FOUND. */
export const getBucketFile = defineOperation(
  {
    action: 'getBucketFile',
    kind: 'read',
    scope: 'files:read',
    targetOf: (_input, found) => found?.file.id ?? null,
  },
  (context: Pick<Context, 'database' | 'storage' | 'now'>, { organizationId }: Caller, named: NamedKey) =>
    findBucketFile(context, organizationId, named),
)

/** Returns the File of a key, for operations that have already checked their caller. */
export async function findBucketFile(
  { database, storage, now }: Pick<Context, 'database' | 'storage' | 'now'>,
  organizationId: string,
  { bucket: name, key }: NamedKey,
): Promise<ReadableBucketFile> {
  const bucket = await findBucketId({ database }, organizationId, name)
  const found = await database.buckets.findFile(organizationId, { bucket, key }, now())
  if (found === null) throw new ServiceError('FILE_NOT_FOUND', 'there is no file with this key')
  const { objectName, generation } = found.file
  return { ...found, read: (range) => storage.read(objectName, range ?? undefined, generation) }
}
