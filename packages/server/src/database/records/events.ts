import type { EndedUpload, Event, EventType } from '../../domain/events/event.ts'
import type { StoreViewer } from './vector-stores.ts'

/** The outbox: events that triggers of the database add in the transaction of each change. */
export interface EventRecords {
  /** Returns the position of the newest event, or 0. All events up to it are committed and can be listed. */
  latestPosition(): Promise<number>
  /** Lists events of the viewer's organization, oldest first, without those of private stores that it may not see. */
  list(viewer: StoreViewer, request: EventRequest): Promise<EventPage>
  /** Does the same, newest first: the next page is up to the `position` of this one. */
  listNewest(viewer: StoreViewer, request: EventRequest): Promise<EventPage>
  /** Lists events of all organizations, oldest first. */
  listAll(afterPosition: number, untilPosition: number, limit: number): Promise<Event[]>
  /** Adds `file.rejected` for an upload without a session. */
  noteRejected(organizationId: string, upload: EndedUpload): Promise<void>
  /**
   * Adds `file.expiring` for Files that expire until `untilMs`, once for each: for `limit` of them, and for those that expire
   * at the same time as the last one. Returns their number. The first call looks for Files that expire after `nowMs`.
   */
  noteExpiring(nowMs: number, untilMs: number, limit: number): Promise<number>
  /** Deletes at most `limit` events that are older than `beforeMs`; returns their number. */
  forget(beforeMs: number, limit: number): Promise<number>
}

export interface EventRequest {
  readonly afterPosition: number
  /** Position from `latestPosition`, or that of an earlier page. */
  readonly untilPosition: number
  readonly types: readonly EventType[]
  readonly limit: number
}

export interface EventPage {
  readonly events: readonly Event[]
  /** Position up to which all events were read, whether or not they are among `events`; newest first, above which. */
  readonly position: number
  readonly hasMore: boolean
}
