import type { BucketPlace, FileContent, ObjectAttributes, ObjectChecksum } from '../files/bucket-file.ts'
import type { WriteCondition } from '../files/write-condition.ts'
import type { CompletionList } from './completion-list.ts'
import type { UploadSession } from './upload-session.ts'

/** Multipart upload of S3: what its session stores as metadata. */
export interface BucketUpload extends BucketPlace, Pick<ObjectAttributes, 'headers' | 'metadata'> {
  /** Checksum that the object is to have; null for none. */
  readonly checksum: Pick<ObjectChecksum, 'algorithm' | 'type'> | null
  /** Declared type; null for none. */
  readonly contentType: string | null
}

/** Completion of a multipart upload: what its session stores as protocol state before its parts are joined. */
export interface BucketCompletion {
  readonly attributes: ObjectAttributes
  readonly condition: WriteCondition
  readonly list: CompletionList
  /** Content of the joined parts; null in records of earlier versions. */
  readonly content: FileContent | null
}

/** Smallest part but the last, and largest part, as in S3. */
export const MIN_BUCKET_PART_BYTES = 5 * 1024 * 1024
export const MAX_BUCKET_PART_BYTES = 5 * 1024 ** 3

/** Returns what a session of S3 is to store; null for a session of another protocol. */
export function bucketUploadOf({ protocol, metadata }: UploadSession): BucketUpload | null {
  return protocol === 's3' && metadata !== null ? (JSON.parse(metadata) as BucketUpload) : null
}

/** Returns the completion of a session; null before it. */
export function bucketCompletionOf({ protocolState }: UploadSession): BucketCompletion | null {
  if (protocolState === null) return null
  const recorded = JSON.parse(protocolState) as Partial<Pick<BucketCompletion, 'content'>> &
    Omit<BucketCompletion, 'content'>
  return { ...recorded, content: recorded.content ?? null }
}
