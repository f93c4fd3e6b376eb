import type { DescribedContent, ObjectAttributes } from '../../domain/files/bucket-file.ts'
import type { WriteCondition } from '../../domain/files/write-condition.ts'
import type { BucketUpload } from '../../domain/uploads/bucket-upload.ts'
import type { BucketPart, NamedUpload } from './bucket-upload.ts'

export interface BucketCompletionInput extends NamedUpload {
  /** Parts of the File in the order of their numbers. */
  readonly parts: readonly Pick<BucketPart, 'number' | 'etag'>[]
  readonly condition: WriteCondition
  /** Returns what to store with the File of these parts; null to refuse them. */
  describe(upload: BucketUpload, parts: readonly BucketPart[]): Omit<ObjectAttributes, 'parts'> | null
}

export type BucketCompleted =
  | { readonly kind: 'completed'; readonly object: DescribedContent }
  /** Part that is not stored, or has another entity tag. */
  | { readonly kind: 'unknown-part'; readonly number: number }
  /** Part that is smaller than `MIN_BUCKET_PART_BYTES`, and not the last one. */
  | { readonly kind: 'small-part'; readonly part: BucketPart }
  /** `describe` has refused the parts. */
  | { readonly kind: 'refused' }
