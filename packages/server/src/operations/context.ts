import type { Database } from '../database/database.ts'
import type { ChecksumAlgorithm } from '../domain/uploads/checksums.ts'
import type { Knowledge } from '../knowledge/knowledge.ts'
import type { ObjectStorage } from '../storage/object-storage.ts'
import type { Audit } from './access/audit.ts'
import type { DownloadSecret } from './access/download-secret.ts'
import type { DirectReservations } from './files/reserve-uploads.ts'
import type { Log } from './log.ts'
import type { RequestOrder } from './uploads/request-order.ts'

/** Dependencies of the operations. */
export interface Context {
  readonly storage: ObjectStorage
  readonly database: Database
  readonly knowledge: Knowledge
  readonly requestOrder: RequestOrder
  readonly reservations: DirectReservations
  readonly limits: Limits
  /** Signs download URLs; the same in every process of the installation. */
  readonly downloadSecret: DownloadSecret
  readonly audit: Audit
  readonly log: Log
  /** Checks that the disk has space for a new upload, from a cache where it can. Throws STORAGE_FULL. */
  checkFreeSpace(organizationId: string, sizeBytes: number): Promise<void>
  /** Returns the time of the installation in milliseconds since 1970; it never goes back. */
  now(): number
}

export interface Limits {
  readonly maxFileBytes: number
  readonly directUploadMaxBytes: number
  /** Upper bound of a file in one request of the OpenAI API. */
  readonly openaiFileMaxBytes: number
  /** Longest wait of an answer of the OpenAI API for the indexing that it began. */
  readonly indexWaitMs: number
  /** Canonical types, or patterns such as `image/*`; null allows every type. */
  readonly allowedContentTypes: readonly string[] | null
  readonly uploadSessionMs: number
  /** Checksums that are computed for every upload, in addition to the requested ones. */
  readonly uploadChecksums: readonly ChecksumAlgorithm[]
  /** Upper bound of unfinished upload sessions of one organization. */
  readonly maxOpenSessions: number
}
