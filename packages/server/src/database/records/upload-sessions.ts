import type { AnnouncedHashes, UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Page, PageRequest } from './page.ts'

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
  /** Replaces the protocol's own state of an open session. Sessions in any other state stay as they are. */
  saveProtocolState(organizationId: string, fileId: string, protocolState: string): Promise<void>
  /** Ends an unfinished session for good. Any other state stays. */
  markDead(organizationId: string, fileId: string): Promise<void>
  /** Cancels an unfinished session and gives its reservation back; the session as it is afterwards. */
  cancel(organizationId: string, fileId: string, nowMs: number): Promise<UploadSession | null>
  /** The same for an unfinished session whose time is over: from then on it is `expired`. Any other state stays. */
  expire(organizationId: string, fileId: string, nowMs: number): Promise<UploadSession | null>
  /** Forgets by what the storage knew the upload of a cancelled or expired session. Any other keeps it. */
  forgetHandle(organizationId: string, fileId: string): Promise<void>
}
