import type { File } from '../../domain/files/file.ts'
import type { ObjectUse } from '../../domain/uploads/object-use.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'

/** What the service's own jobs ask, of all organizations together. */
export interface HousekeepingRecords {
  /** Unfinished sessions whose time is over, the longest over first. */
  listOverdueSessions(nowMs: number, limit: number): Promise<UploadSession[]>
  /** Cancelled and expired sessions that the storage still knows an upload of, those with most time left first. */
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
