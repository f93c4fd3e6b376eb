import type { AuditEvent } from '../../domain/access/audit-event.ts'
import type { File } from '../../domain/files/file.ts'
import type { Page, PageRequest } from '../../domain/page.ts'
import type { AnnouncedHashes, UploadFailure, UploadSession } from '../../domain/uploads/upload-session.ts'

export interface UploadSessionRecords {
  /**
   * Adds the session and reserves its `reservedBytes`. Returns false without a change when the quota does not allow it, or the
   * key of `openedBy` is no longer active in that generation. Adds `event`, whose target is the id of the session's file, to
   * the audit when the session is added.
   * Throws TOO_MANY_OPEN_UPLOADS when the organization has `maxUnfinished` unfinished sessions already.
   */
  create(
    organizationId: string,
    session: UploadSession,
    uploadIdSha256: string,
    maxUnfinished: number,
    event?: AuditEvent,
  ): Promise<boolean>
  /**
   * Adds the session of an upload whose object exists, like `create`, and registers its File, like `FileRecords.register`; with
   * one commit where the database shares none between statements. Returns `refused` when `create` would return false, and
   * `ended` when the session was added, and ended before the File was.
   * Throws TOO_MANY_OPEN_UPLOADS, and SERVICE_UNAVAILABLE when the object is disowned. After any other error the session may
   * be open.
   */
  createRegistered(
    organizationId: string,
    session: UploadSession,
    uploadIdSha256: string,
    maxUnfinished: number,
    registration: Registration,
  ): Promise<RegisteredOutcome>
  /** Returns the stored count of sessions that hold a reservation. */
  countUnfinished(organizationId: string): Promise<number>
  findByFileId(organizationId: string, fileId: string): Promise<UploadSession | null>
  findByObjectName(organizationId: string, objectName: string): Promise<UploadSession | null>
  /** Returns sessions that can still receive bytes or be registered, newest first. */
  list(organizationId: string, nowMs: number, page: PageRequest): Promise<Page<UploadSession>>
  /** Stores hashes that the client announced; a stored one stays. Returns all stored hashes; null without a session. */
  announce(organizationId: string, fileId: string, hashes: AnnouncedHashes): Promise<AnnouncedHashes | null>
  /**
   * Sets the length of an open session and changes its reservation to the length. Returns `set`, also when the session
   * has this length already. Without a change, returns `other-length` when the session has another length, `no-room`
   * when the quota does not allow it, and `ended` when the session is not open.
   */
  setLength(organizationId: string, fileId: string, sizeBytes: number): Promise<LengthOutcome>
  /**
   * Raises the reservation of an open session without a length towards `wantedBytes` as far as the quota allows, but
   * leaves it unchanged when it would be less than `neededBytes`. Returns the reserved bytes; 0 without such a session.
   */
  reserve(organizationId: string, fileId: string, request: ReserveRequest): Promise<number>
  /**
   * Adds to the reservation of an open session without a length; a negative number releases bytes. Returns false without
   * a change when the quota does not allow it, or there is no such session.
   */
  addReserved(organizationId: string, fileId: string, addedBytes: number): Promise<boolean>
  /** Returns at most `limit` open sessions of multipart uploads of S3. */
  listOfS3(organizationId: string, nowMs: number, limit: number): Promise<readonly UploadSession[]>
  /**
   * Gives the reservations of partial uploads to the open session that has joined their bytes: sets its length and its
   * protocol state, and cancels the partial ones, whose protocol state is then its id. Returns false without a change unless all of them are open.
   */
  concatenate(organizationId: string, fileId: string, joined: JoinedPartials): Promise<boolean>
  /** Replaces the protocol state of an open session. Does nothing in any other state. */
  saveProtocolState(organizationId: string, fileId: string, protocolState: string): Promise<void>
  /** Like `saveProtocolState`, when the state is still `expected`. Returns false for another one. */
  replaceProtocolState(
    organizationId: string,
    fileId: string,
    expected: string | null,
    protocolState: string,
  ): Promise<boolean>
  /** Marks an unfinished session as dead: it receives no bytes any more. Does nothing in any other state. */
  markDead(organizationId: string, fileId: string): Promise<void>
  /**
   * Marks an unfinished session as dead because its bytes are deleted, and releases its reservation. It has no length any
   * more, so that no request that is under way completes it with fewer bytes. Does nothing in any other state.
   */
  markEmpty(organizationId: string, fileId: string): Promise<void>
  /**
   * Marks an unfinished session as dead because its content was refused, and releases its reservation. Returns the
   * session in its new state: an earlier end, or an earlier failure, stays.
   */
  fail(organizationId: string, fileId: string, failure: UploadFailure): Promise<UploadSession | null>
  /** Cancels an unfinished session and releases its reservation. Returns the session in its new state. */
  cancel(organizationId: string, fileId: string, nowMs: number): Promise<UploadSession | null>
  /** Expires an unfinished session after its expiry time, and releases its reservation. Returns the current session. */
  expire(organizationId: string, fileId: string, nowMs: number): Promise<UploadSession | null>
  /** Forgets the storage's handle of a cancelled or expired session's upload. Does nothing in any other state. */
  forgetHandle(organizationId: string, fileId: string): Promise<void>
}

/** File of a new session, and the audit events of both. */
export interface Registration {
  readonly file: File
  readonly created: AuditEvent
  readonly registered: AuditEvent
}

export type RegisteredOutcome = 'added' | 'refused' | 'ended'

export type LengthOutcome = 'set' | 'other-length' | 'no-room' | 'ended'

export interface JoinedPartials {
  readonly partialIds: readonly string[]
  /** Length of all of them together. */
  readonly sizeBytes: number
  readonly protocolState: string
}

export interface ReserveRequest {
  readonly neededBytes: number
  readonly wantedBytes: number
}
