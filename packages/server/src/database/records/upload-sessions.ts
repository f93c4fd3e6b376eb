import type { Page, PageRequest } from '../../domain/page.ts'
import type { AnnouncedHashes, UploadSession } from '../../domain/uploads/upload-session.ts'

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
  /** Returns sessions that can still receive bytes or be registered, newest first. */
  list(organizationId: string, nowMs: number, page: PageRequest): Promise<Page<UploadSession>>
  /** Stores hashes that the client announced; a stored one stays. Returns all stored hashes; null without a session. */
  announce(organizationId: string, fileId: string, hashes: AnnouncedHashes): Promise<AnnouncedHashes | null>
  /** Replaces the protocol state of an open session. Does nothing in any other state. */
  saveProtocolState(organizationId: string, fileId: string, protocolState: string): Promise<void>
  /** Marks an unfinished session as dead: it receives no bytes any more. Does nothing in any other state. */
  markDead(organizationId: string, fileId: string): Promise<void>
  /** Cancels an unfinished session and releases its reservation. Returns the session in its new state. */
  cancel(organizationId: string, fileId: string, nowMs: number): Promise<UploadSession | null>
  /** Expires an unfinished session after its expiry time, and releases its reservation. Returns the current session. */
  expire(organizationId: string, fileId: string, nowMs: number): Promise<UploadSession | null>
  /** Forgets the storage's handle of a cancelled or expired session's upload. Does nothing in any other state. */
  forgetHandle(organizationId: string, fileId: string): Promise<void>
}
