import type { ApiKeyRecords } from './records/api-keys.ts'
import type { AuditRecords } from './records/audit.ts'
import type { CredentialRecords } from './records/credentials.ts'
import type { FileRecords } from './records/files.ts'
import type { HousekeepingRecords } from './records/housekeeping.ts'
import type { InstallationRecords } from './records/installation.ts'
import type { JobRecords } from './records/jobs.ts'
import type { OrganizationRecords } from './records/organizations.ts'
import type { ReservationRecords } from './records/reservations.ts'
import type { UploadSessionRecords } from './records/upload-sessions.ts'

/**
 * The records. Every method about an organization's things takes its id first and sees nothing of any other's;
 * `credentials` is where a secret tells which organization it is, and `installation` is the operator's.
 * A change is durable when its promise resolves, and each method is one transaction.
 * Every method throws STORAGE_FULL when there is no space and SERVICE_UNAVAILABLE when the database is.
 */
export interface Database {
  readonly kind: 'sqlite' | 'postgres'
  readonly installation: InstallationRecords
  readonly credentials: CredentialRecords
  readonly organizations: OrganizationRecords
  readonly apiKeys: ApiKeyRecords
  readonly uploadSessions: UploadSessionRecords
  readonly files: FileRecords
  readonly reservations: ReservationRecords
  readonly housekeeping: HousekeepingRecords
  readonly audit: AuditRecords
  readonly jobs: JobRecords
  /** Resolves when the database answers. */
  check(): Promise<void>
  /** Free bytes on the database's disk, without the space that deletes need; null when unknown. */
  roomBytes(): Promise<number | null>
  /** Allocates the space that deletes use on a full disk. Never throws. */
  keepBallast(): void
  /** The time on the machine of the database; null where that is this one. */
  clockMs(): Promise<number | null>
  /** The connections of a database that is reached over a network; null for one without any. */
  pool(): PoolState | null
  close(): Promise<void>
}

export interface PoolState {
  /** Connections, idle ones included. */
  readonly total: number
  readonly idle: number
  /** Callers that wait for one. */
  readonly waiting: number
}
