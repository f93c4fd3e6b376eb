import type { ApiKey, ApiKeyStateChange, Revocation, Scope } from '../domain/access/api-key.ts'
import type { AuditEvent, AuditRow, CountedRefusals } from '../domain/access/audit-event.ts'
import type { Organization } from '../domain/access/organization.ts'
import type { File } from '../domain/files/file.ts'
import type { ObjectUse } from '../domain/uploads/object-use.ts'
import type { AnnouncedHashes, UploadSession } from '../domain/uploads/upload-session.ts'

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

export interface InstallationRecords {
  /** The secret of that name: the one that stands, or `candidate` where none did. */
  secret(name: string, candidate: string): Promise<string>
  /** Replaces `expected`, or any value when it is null, with `value`; returns false when another value is stored. */
  replaceSecret(name: string, expected: string | null, value: string): Promise<boolean>
  /** Returns the latest time that any process has recorded; null when there is none. */
  clock(): Promise<ClockMark | null>
  /** Records a time unless a later one is stored or `resets` is out of date; returns the stored time. */
  noteTime(nowMs: number, resets: number): Promise<ClockMark>
  /** Sets the recorded time, possibly to an earlier one, and counts the reset. */
  resetClock(nowMs: number): Promise<ClockMark>
  /** Adds the organization and its first key, both or neither; false when the id is taken. */
  createOrganization(organization: Organization, key: NewApiKey): Promise<boolean>
  hasOrganizations(): Promise<boolean>
  /** Newest first. */
  listOrganizations(page: PageRequest): Promise<Page<Organization>>
}

export interface ClockMark {
  readonly latestMs: number
  /** Number of resets by the operator. */
  readonly resets: number
}

export interface NewApiKey {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly secretSha256: string
  readonly scopes: readonly Scope[]
  readonly createdBy: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number | null
}

/** Look-ups by the hash of a secret, whichever organization it belongs to. */
export interface CredentialRecords {
  findApiKey(secretSha256: string): Promise<ApiKeyCredential | null>
  findUploadSession(uploadIdSha256: string): Promise<UploadCredential | null>
  /** Returns the rules for download links of the organization and the key; the id is null for links without a key. */
  findLinkRules(organizationId: string, apiKeyId: string | null): Promise<LinkRules | null>
}

export interface ApiKeyCredential extends ApiKey {
  /** False when the operator has suspended the organization. */
  readonly isOrganizationActive: boolean
}

export interface UploadCredential extends UploadSession {
  readonly isOrganizationActive: boolean
  /** True when the session was revoked with the key that opened it, and will be cancelled. */
  readonly isRevoked: boolean
}

export interface LinkRules {
  readonly isOrganizationActive: boolean
  /** Lower bound of valid generations: links of the key with a smaller one are revoked. */
  readonly revokedBelow: number
}

export interface OrganizationRecords {
  find(organizationId: string): Promise<Organization | null>
  /** The organization as it is afterwards. A limit below what is used refuses what comes, and removes nothing. */
  update(
    organizationId: string,
    changes: Partial<Pick<Organization, 'name' | 'storageLimitBytes' | 'isActive'>>,
    nowMs: number,
  ): Promise<Organization | null>
}

/** An organization keeps at least one admin key that is usable at `nowMs`, whatever is changed at once. */
export interface ApiKeyRecords {
  /** Returns false when there is no such organization, or `createdBy` is no longer an active key of it. */
  create(organizationId: string, key: NewApiKey): Promise<boolean>
  find(organizationId: string, keyId: string): Promise<ApiKey | null>
  /** Newest first. */
  list(organizationId: string, page: PageRequest): Promise<Page<ApiKey>>
  /** Returns the newest `limit` keys that the key created, and their total number. */
  listCreatedBy(organizationId: string, keyId: string, limit: number): Promise<CreatedKeys>
  update(
    organizationId: string,
    keyId: string,
    changes: Partial<Pick<ApiKey, 'name' | 'scopes' | 'expiresAtMs'>>,
    nowMs: number,
  ): Promise<ApiKeyOutcome>
  setState(
    organizationId: string,
    keyId: string,
    change: ApiKeyStateChange,
    nowMs: number,
    revocation?: Revocation,
  ): Promise<ApiKeyOutcome>
  /** From now on the key is found by this secret and no more by the one before. */
  replaceSecret(
    organizationId: string,
    keyId: string,
    secret: Pick<NewApiKey, 'prefix' | 'secretSha256'>,
  ): Promise<ApiKey | null>
  /** Deletes and revokes in one transaction, so that no session or key that is created concurrently escapes. */
  delete(
    organizationId: string,
    keyId: string,
    nowMs: number,
    revocation?: Revocation,
  ): Promise<ApiKeyOutcome>
  /** Notes that the key was used, unless that was noted after `unlessAfterMs`. */
  touch(organizationId: string, keyId: string, nowMs: number, unlessAfterMs: number): Promise<void>
}

export interface CreatedKeys {
  readonly keys: readonly ApiKey[]
  readonly total: number
}

export type ApiKeyOutcome =
  /** The key as it is afterwards, or was before it was deleted. */
  | { readonly kind: 'done'; readonly key: ApiKey }
  | { readonly kind: 'not-found' }
  /** Nothing was changed: it would have left the organization without a usable admin key. */
  | { readonly kind: 'last-admin' }

export interface UploadSessionRecords {
  /**
   * Adds the session and reserves its size. Returns false without a change when the quota does not allow it, or the
   * key of `openedBy` is no longer active in that generation.
   * Throws TOO_MANY_OPEN_UPLOADS when the organization has `maxUnfinished` unfinished sessions already.
   */
  create(
    organizationId: string,
    session: UploadSession,
    uploadIdSha256: string,
    maxUnfinished: number,
  ): Promise<boolean>
  /** Returns the stored count of sessions that hold a reservation. */
  countUnfinished(organizationId: string): Promise<number>
  findByFileId(organizationId: string, fileId: string): Promise<UploadSession | null>
  findByObjectName(organizationId: string, objectName: string): Promise<UploadSession | null>
  /** Sessions that can still be sent to or registered, newest first. */
  list(organizationId: string, nowMs: number, page: PageRequest): Promise<Page<UploadSession>>
  /** Adds hashes that the sender announced, where none stands yet; all that stand afterwards. */
  announce(organizationId: string, fileId: string, hashes: AnnouncedHashes): Promise<AnnouncedHashes | null>
  /** From open to refusing every later data request. Any other state stays. */
  refuseSmallChunks(organizationId: string, fileId: string, bodyBytes: number): Promise<void>
  /** Makes an unfinished session dead: it takes no more bytes. Any other state stays. */
  markDead(organizationId: string, fileId: string): Promise<void>
  /** Cancels an unfinished session and gives its reservation back; the session as it is afterwards. */
  cancel(organizationId: string, fileId: string, nowMs: number): Promise<UploadSession | null>
  /** The same for an unfinished session whose time is over: from then on it is `expired`. Any other state stays. */
  expire(organizationId: string, fileId: string, nowMs: number): Promise<UploadSession | null>
  /** Forgets by what the storage knew the upload of a cancelled or expired session. Any other keeps it. */
  forgetHandle(organizationId: string, fileId: string): Promise<void>
}

export interface FileRecords {
  /**
   * Adds the file of an unfinished session and turns its reservation into use. The file that stands under the
   * id afterwards: this one, or the one that was registered first; null where neither can be, because
   * the session was cancelled or the file deleted. What the storage knew the upload by is forgotten.
   */
  register(organizationId: string, file: File): Promise<File | null>
  /**
   * Adds files of a direct upload, all or none, and converts their reservation, if there is one, into usage; returns
   * false when the quota does not allow them.
   * Throws SERVICE_UNAVAILABLE when one's object is disowned, because its request has taken longer than a day.
   */
  add(organizationId: string, files: readonly File[], reservationId: string | null): Promise<boolean>
  find(organizationId: string, fileId: string): Promise<File | null>
  /** Also a deleted one's place in the list. */
  findPosition(organizationId: string, fileId: string): Promise<ListPosition | null>
  /** Newest first. */
  list(organizationId: string, page: PageRequest): Promise<Page<File>>
  /** Marks it deleted and gives its space back; the file, or null when there is none. */
  delete(organizationId: string, fileId: string, nowMs: number): Promise<File | null>
}

/** Quota reserved by requests while their bodies are stored. Each reservation is a lease that must be renewed. */
export interface ReservationRecords {
  /** Creates a reservation, or raises it towards `wantedBytes` as far as the quota allows; returns its new size. */
  raise(organizationId: string, reservation: NewReservation, wantedBytes: number): Promise<number>
  /** Renews all leases of one process until `expiresAtMs`. */
  renew(holder: string, expiresAtMs: number): Promise<void>
  /** Releases a reservation; idempotent. */
  release(organizationId: string, id: string): Promise<void>
  /** Releases at most `limit` expired reservations of all organizations; returns their number. */
  releaseExpired(nowMs: number, limit: number): Promise<number>
}

export interface NewReservation {
  readonly id: string
  /** Id of the process that renews the lease. */
  readonly holder: string
  readonly expiresAtMs: number
}

/** What was done and refused. The operator reads it, so it is not scoped to one organization. */
export interface AuditRecords {
  add(event: AuditEvent): Promise<void>
  /** Adds the counts to existing rows and creates missing ones. Each row name occurs at most once in `rows`. */
  addRefusals(rows: readonly CountedRefusals[]): Promise<void>
  /** Returns the newest `limit` rows of one organization, or of all when the id is null. */
  list(organizationId: string | null, limit: number): Promise<AuditRow[]>
  /** Removes events older than `timeMs`, at most `limit` of them; how many. */
  removeBefore(timeMs: number, limit: number): Promise<number>
}

/** What the service's own jobs ask, of all organizations together. */
export interface HousekeepingRecords {
  /** Unfinished sessions whose time is over, the longest over first. */
  listOverdueSessions(nowMs: number, limit: number): Promise<UploadSession[]>
  /** Cancelled and expired sessions whose bytes may remain in the storage, those with most time left first. */
  listUndeletedUploads(limit: number): Promise<UploadSession[]>
  /** Returns unfinished sessions that were revoked with the key that opened them; of all keys when the id is null. */
  listRevokedSessions(apiKeyId: string | null, limit: number): Promise<UploadSession[]>
  /** Marks revocations without unfinished sessions as completed. */
  settleRevocations(): Promise<void>
  /** Deletes at most `limit` completed revocations that are older than `beforeMs`; returns their number. */
  forgetRevocations(beforeMs: number, limit: number): Promise<number>
  /** Reads the next `limit` files after `afterId`, by id, and returns those that are not deleted. */
  listFiles(afterId: string, limit: number): Promise<ListedFiles>
  /**
   * Checks the next `limit` organizations after `afterId`, and corrects the stored counts of unfinished sessions: a
   * process of an older version does not maintain them. Returns the id of the last organization, or null when there
   * was none.
   */
  recountSessions(afterId: string, limit: number): Promise<string | null>
  findUse(objectName: string): Promise<ObjectUse>
  /** Counts sessions without a file, from stored counts or, for other states, up to `limit` each to bound the cost. */
  countSessions(limit: number): Promise<SessionCounts>
  /**
   * True when no record speaks of the object, and then none ever will: a later `files.add` of its name throws.
   * So whoever gets true may remove the object, however slow the request that made it is.
   */
  disown(objectName: string, nowMs: number): Promise<boolean>
  /** Deletes cancelled and expired sessions whose time was over before; how many, at most `limit`. */
  forgetSessions(beforeMs: number, limit: number): Promise<number>
  /** Deletes files that were deleted before, with their sessions; how many, at most `limit`. */
  forgetDeletedFiles(beforeMs: number, limit: number): Promise<number>
  /** Deletes the notes of what was disowned before; how many, at most `limit`. */
  forgetDisowned(beforeMs: number, limit: number): Promise<number>
}

export interface ListedFiles {
  readonly files: readonly File[]
  /** Id of the last file that was read, deleted ones included; null when there was none. */
  readonly lastId: string | null
}

export interface SessionCounts {
  /** Unfinished, and can still be sent to or be registered. */
  readonly open: number
  /** Unfinished, and nothing goes on. */
  readonly dead: number
  /** Cancelled or expired, until they are forgotten. */
  readonly ended: number
}

/** The jobs that all processes share: each one is at one process at a time, and rests between its runs wherever it ran. */
export interface JobRecords {
  /** Takes the job until `untilMs`, where it is due and nobody has it, or where `holder` has it already. */
  take(job: string, holder: string, nowMs: number, untilMs: number): Promise<JobState>
  /** Gives it back without a result, where `holder` still has it. */
  release(job: string, holder: string, dueAtMs: number): Promise<void>
  /** Gives it back after a run that went well, where `holder` still has it. */
  finish(job: string, holder: string, run: FinishedRun): Promise<void>
}

export interface JobState {
  readonly isTaken: boolean
  /** Where the last run ended, in the job's own words; null for the beginning. */
  readonly position: string | null
  /** Of the last run that went well. */
  readonly finishedAtMs: number | null
}

export interface FinishedRun {
  readonly finishedAtMs: number
  readonly dueAtMs: number
  readonly position: string | null
}

/** A place in a list that is ordered by time, then id, both descending. */
export interface ListPosition {
  readonly timeMs: number
  readonly id: string
}

export interface PageRequest {
  readonly limit: number
  /** Entries to pass over; the cost grows with it. */
  readonly skip: number
  /** Begins behind this place, at a cost that does not depend on how deep it is. */
  readonly after: ListPosition | null
}

export interface Page<T> {
  readonly items: readonly T[]
  /** Of all pages. */
  readonly total: number
  readonly hasMore: boolean
}
