import type { BodyBudget } from '../write-batches.ts'
import type { S3Bucket } from './s3-bucket.ts'
import type { S3Multipart } from './s3-multipart.ts'

/** Abilities in which S3 servers differ. */
export interface S3Features {
  /** A conditional write with `If-None-Match: *` creates an object once. */
  readonly createsOnce: boolean
  /**
   * Form of the entity tag in `If-Match` with which a write replaces only the version that it names: in quotes, as in
   * HTTP, or bare, as in Ceph 16. Null when the server ignores the condition: then only one process may use the bucket.
   */
  readonly ifMatch: 'quoted' | 'bare' | null
  /** A completion may leave out uploaded parts, as in AWS. In Ceph 16 it must list all of them. */
  readonly joinsSomeParts: boolean
}

/** State that all parts of one storage share. */
export interface S3 {
  readonly bucket: S3Bucket
  readonly multipart: S3Multipart
  /** Returns what the server can do, which is examined once in the life of the process. */
  features(): Promise<S3Features>
  /** Size of all parts of an upload but the last. */
  readonly partBytes: number
  readonly budget: BodyBudget
  /** Bytes of unfinished parts that all uploads together hold in memory, beside those of `budget`. */
  readonly memory: BodyBudget
  /** Aborted when the storage is closed; ends bodies in progress. */
  readonly closing: AbortSignal
}

/** Prefix of the keys that belong to the storage itself. No object has a name with this prefix. */
export const INTERNAL_FOLDER = '.waybill/'
