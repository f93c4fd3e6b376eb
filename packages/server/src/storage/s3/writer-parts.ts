import type { DigestCache } from '../digest-cache.ts'
import type { UploadSpec } from '../stored-object.ts'
import type { WriterLock } from '../writer-locks.ts'
import type { S3 } from './s3.ts'
import type { UploadBytes } from './upload-bytes.ts'
import type { UploadRecord } from './upload-record.ts'
import type { WriterRecord } from './writer-record.ts'

export interface S3WriterParts {
  readonly s3: S3
  readonly spec: UploadSpec
  readonly lock: WriterLock
  readonly record: WriterRecord
  /** Record at the claim. */
  readonly start: UploadRecord
  readonly bytes: UploadBytes
  readonly digestCache: DigestCache
}

/** Removes the pieces that the upload no longer needs. The sweep removes those that are left. */
export async function removeUnusedPieces({ s3, start, record, bytes }: S3WriterParts): Promise<void> {
  const known = [...start.pieces.map(({ key }) => key), ...bytes.createdKeys()]
  await Promise.allSettled(record.unused(known).map(s3.bucket.remove))
}
