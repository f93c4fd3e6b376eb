import type { Database } from '../database/database.ts'
import type { S3Secrets } from '../domain/access/s3-credentials.ts'
import type { ChecksumAlgorithm } from '../domain/uploads/checksums.ts'
import type { TokenVerifier } from '../identity/token-verifier.ts'
import type { Knowledge } from '../knowledge/knowledge.ts'
import type { ModelServer } from '../models/model-server.ts'
import type { SecretBox } from '../platform/secret-box.ts'
import type { ObjectStorage } from '../storage/object-storage.ts'
import type { WebhookSender } from '../webhooks/webhook-sender.ts'
import type { Audit } from './access/audit.ts'
import type { DownloadSecret } from './access/download-secret.ts'
import type { EventFeed } from './events/event-feed.ts'
import type { Scans } from './files/create-scans.ts'
import type { KnownContents } from './files/known-contents.ts'
import type { DirectReservations } from './files/reserve-uploads.ts'
import type { Log } from './log.ts'
import type { RequestOrder } from './uploads/request-order.ts'

/** Dependencies of the operations. */
export interface Context {
  readonly storage: ObjectStorage
  readonly contents: KnownContents
  readonly database: Database
  readonly knowledge: Knowledge
  readonly models: ModelServer
  readonly requestOrder: RequestOrder
  readonly reservations: DirectReservations
  readonly limits: Limits
  /** Scans of files before they become visible; null without a scanner. */
  readonly scans: Scans | null
  /** Signs download URLs; the same in every process of the installation. */
  readonly downloadSecret: DownloadSecret
  /** Secrets of S3 credentials; null when the installation has no S3 interface. */
  readonly s3Secrets: S3Secrets | null
  readonly audit: Audit
  readonly eventFeed: EventFeed
  readonly webhookSender: WebhookSender
  /** Verifies the tokens of users; null when nobody signs in as a user. */
  readonly tokenVerifier: TokenVerifier | null
  /** Seals secrets that the service must read again. */
  readonly secretBox: SecretBox
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
  /** True when keys may create buckets. */
  readonly createsBuckets: boolean
  /** True when the MD5 of the objects and parts of S3 is computed, for their entity tags. */
  readonly hasMd5Etags: boolean
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
