import type { Database } from '../database/database.ts'
import type { ChecksumAlgorithm } from '../domain/uploads/checksums.ts'
import type { Knowledge } from '../knowledge/knowledge.ts'
import type { ModelServer } from '../models/model-server.ts'
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
  readonly models: ModelServer
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
  readonly models: ModelLimits
}

/** Use of models by responses. */
export interface ModelLimits {
  /** Default of searches: with each message of the user, or when the model asks. */
  readonly fileSearch: 'always' | 'tool'
  /** Form in which the model gets files. */
  readonly fileInput: 'text' | 'native'
  /** Tokens of input and answer together. */
  readonly contextTokens: number
  /** Tokens of the texts of files in one request. */
  readonly fileContextTokens: number
  /** Time that responses are kept. */
  readonly responseMs: number
}
