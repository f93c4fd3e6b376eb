import type { ApiKeyRecords } from './records/api-keys.ts'
import type { AuditRecords } from './records/audit.ts'
import type { BucketRecords } from './records/buckets.ts'
import type { ConversationRecords } from './records/conversations.ts'
import type { CredentialRecords } from './records/credentials.ts'
import type { EventRecords } from './records/events.ts'
import type { FileRecords } from './records/files.ts'
import type { HousekeepingRecords } from './records/housekeeping.ts'
import type { IdempotentRequestRecords } from './records/idempotent-requests.ts'
import type { InstallationRecords } from './records/installation.ts'
import type { JobRecords } from './records/jobs.ts'
import type { MemberRecords } from './records/members.ts'
import type { OrganizationRecords } from './records/organizations.ts'
import type { ReservationRecords } from './records/reservations.ts'
import type { ResponseRecords } from './records/responses.ts'
import type { ScanRecords } from './records/scans.ts'
import type { ShareLinkRecords } from './records/share-links.ts'
import type { TaskRecords } from './records/tasks.ts'
import type { UploadSessionRecords } from './records/upload-sessions.ts'
import type { UserRecords } from './records/users.ts'
import type { VectorStoreRecords } from './records/vector-stores.ts'
import type { WebhookRecords } from './records/webhooks.ts'

/**
 * All records of an installation. Methods on the data of an organization take its id first and never see data of
 * another one. `credentials` and `users` find the organizations of a credential, and `installation` is for the operator.
 * Each method is one transaction. A change is durable when its promise resolves.
 * Every method throws STORAGE_FULL when the disk is full, and SERVICE_UNAVAILABLE when the database cannot be used.
 */
export interface Database {
  readonly kind: 'sqlite' | 'postgres'
  readonly installation: InstallationRecords
  readonly credentials: CredentialRecords
  readonly organizations: OrganizationRecords
  readonly apiKeys: ApiKeyRecords
  readonly uploadSessions: UploadSessionRecords
  readonly files: FileRecords
  readonly shareLinks: ShareLinkRecords
  readonly scans: ScanRecords
  readonly buckets: BucketRecords
  readonly reservations: ReservationRecords
  readonly housekeeping: HousekeepingRecords
  readonly audit: AuditRecords
  readonly jobs: JobRecords
  readonly vectorStores: VectorStoreRecords
  readonly tasks: TaskRecords
  readonly idempotentRequests: IdempotentRequestRecords
  readonly conversations: ConversationRecords
  readonly responses: ResponseRecords
  readonly events: EventRecords
  readonly webhooks: WebhookRecords
  readonly users: UserRecords
  readonly members: MemberRecords
  /** Resolves when the database answers. */
  check(): Promise<void>
  /** Free bytes on the database's disk, without the space that deletes need; null when unknown. */
  roomBytes(): Promise<number | null>
  /** Allocates the space that deletes use on a full disk. Never throws. */
  keepBallast(): void
  /** Returns the time of the database's machine; null when the database runs in this process. */
  clockMs(): Promise<number | null>
  /** Returns the state of the connection pool; null for an embedded database. */
  pool(): PoolState | null
  close(): Promise<void>
}

export interface PoolState {
  /** Connections, idle ones included. */
  readonly total: number
  readonly idle: number
  /** Callers that wait for a connection. */
  readonly waiting: number
}
