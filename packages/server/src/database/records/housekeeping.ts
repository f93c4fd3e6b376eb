import type { File } from '../../domain/files/file.ts'
import type { ObjectUse } from '../../domain/uploads/object-use.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'

/** Queries and changes of the background jobs, for all organizations together. */
export interface HousekeepingRecords {
  /** Returns unfinished sessions after their expiry, the earliest expiry first. */
  listOverdueSessions(nowMs: number, limit: number): Promise<UploadSession[]>
  /**
   * Returns the next `limit` unfinished sessions after `afterId` that register when they are complete, by id, without
   * those whose content was refused.
   */
  listSelfRegistering(afterId: string, limit: number): Promise<UploadSession[]>
  /** Returns files after their expiry, the earliest expiry first. */
  listExpiredFiles(nowMs: number, limit: number): Promise<File[]>
  /** Returns files that were moved to the trash before a time, the earliest first. */
  listTrashedBefore(beforeMs: number, limit: number): Promise<File[]>
  /** Returns cancelled and expired sessions whose upload the storage still holds, the latest expiry first. */
  listUndeletedUploads(limit: number): Promise<UploadSession[]>
  /** Returns unfinished sessions that were revoked with the key that opened them; of all keys when the id is null. */
  listRevokedSessions(apiKeyId: string | null, limit: number): Promise<UploadSession[]>
  /** Marks revocations without unfinished sessions as completed. */
  settleRevocations(): Promise<void>
  /**
   * Deletes at most `limit` completed revocations that are older than `beforeMs` and whose share links are deleted;
   * returns their number.
   */
  forgetRevocations(beforeMs: number, limit: number): Promise<number>
  /** Reads the next `limit` files after `afterId`, by id, and returns those that are not deleted. */
  listFiles(afterId: string, limit: number): Promise<ListedFiles>
  /**
   * Checks the stored counts of unfinished sessions of the next `limit` organizations after `afterId`, and corrects
   * wrong ones: a process of an older version does not maintain them. Returns the id of the last checked organization;
   * null when there was none.
   */
  recountSessions(afterId: string, limit: number): Promise<string | null>
  /** Returns the kind of record that uses the object; null when there is none. */
  findUse(objectName: string): Promise<ObjectUse>
  /** Counts sessions without a file, from stored counts or, for other states, up to `limit` each to bound the cost. */
  countSessions(limit: number): Promise<SessionCounts>
  /**
   * Disowns an object, so that the caller may remove it while a slow request may still be about to add its file: a
   * later `files.add` with this object throws. Returns false without a change when a record uses the object.
   */
  disown(objectName: string, nowMs: number): Promise<boolean>
  /** Deletes at most `limit` cancelled and expired sessions whose expiry is before `beforeMs`; returns their number. */
  forgetSessions(beforeMs: number, limit: number): Promise<number>
  /** Removes the rows of at most `limit` files deleted before `beforeMs`, and their sessions; returns their number. */
  forgetDeletedFiles(beforeMs: number, limit: number): Promise<number>
  /** Deletes at most `limit` records of objects that were disowned before `beforeMs`; returns their number. */
  forgetDisowned(beforeMs: number, limit: number): Promise<number>
}

export interface ListedFiles {
  readonly files: readonly File[]
  /** Id of the last file that was read, deleted ones included; null when there was none. */
  readonly lastId: string | null
}

export interface SessionCounts {
  /** Unfinished sessions that can still receive bytes or be registered. */
  readonly open: number
  /** Unfinished sessions that cannot receive bytes any more. */
  readonly dead: number
  /** Cancelled and expired sessions, until their rows are deleted. */
  readonly ended: number
}
