import type { EventPage, EventRecords, EventRequest } from '../records/events.ts'
import type { StoreViewer } from '../records/vector-stores.ts'
import { toEvent, toSnapshot } from './event-rows.ts'
import {
  changeRows,
  type Dialect,
  getRow,
  getRows,
  type Steps,
  type Transactions,
  toJsonParameter,
} from './transactions.ts'
import { viewerParameters } from './vector-store-access.ts'

/** Events that one request looks at, whether or not their types are wanted. */
const MAX_LOOKED_AT = 5000
const NUMBERED_AT_A_TIME = 1000

const FIND_POSITION = 'SELECT position FROM event_state'

/** Adds the only row, which a new database does not have. */
export const ENSURE_EVENT_STATE =
  'INSERT INTO event_state (id, position) VALUES (1, 0) ON CONFLICT (id) DO NOTHING'

/** Numbers events in the order of their commits: only this transaction sees events as new. */
const NUMBER = `
  UPDATE events SET position = $position + numbered.number
  FROM (SELECT id, row_number() OVER (ORDER BY created_at_ms, id) AS number FROM (
    SELECT id, created_at_ms FROM events WHERE position IS NULL ORDER BY created_at_ms LIMIT $limit
  ) AS unnumbered) AS numbered
  WHERE events.id = numbered.id RETURNING events.position`

/** Events are read up to this position, which bounds the work for rare types. */
const findBound = (direction: 'ASC' | 'DESC') => `
  SELECT position FROM events
  WHERE organization_id = $organizationId AND position > $after AND position <= $until
  ORDER BY position ${direction} LIMIT 1 OFFSET ${MAX_LOOKED_AT - 1}`

const VISIBLE_EVENT = '(visible_to IS NULL OR visible_to = $actorId OR $seesAll = 1)'

const EXPIRING =
  'FROM files WHERE expires_at_ms > $afterMs AND expires_at_ms <= $untilMs AND deleted_at_ms IS NULL'
/** Whole milliseconds: Files that expire at the same time as the last one would otherwise never be found. */
const FIND_EXPIRING_BOUND = `SELECT expires_at_ms ${EXPIRING} ORDER BY expires_at_ms LIMIT 1 OFFSET $others`

/** The outbox, equal on both databases: on SQLite no event is without a position. */
export function createEventStatements(transactions: Transactions): EventRecords {
  const { all, get, change, transact, free, dialect } = transactions
  const latestPosition = async (): Promise<number> => {
    const unnumbered = await get('SELECT 1 AS found FROM events WHERE position IS NULL LIMIT 1')
    if (unnumbered === null) return Number((await get(FIND_POSITION))?.position ?? 0)
    const { count, position } = await transact(() => numberEvents(dialect.forUpdate))
    return count < NUMBERED_AT_A_TIME ? position : latestPosition()
  }

  return {
    latestPosition,

    list: async (viewer, request) => {
      const { organizationId } = viewer
      const { afterPosition: after, untilPosition } = request
      const bound = await get(findBound('ASC'), { organizationId, after, until: untilPosition })
      return readPage({ all, dialect }, viewer, request, bound && Number(bound.position))
    },

    listNewest: async (viewer, request) => {
      const { organizationId } = viewer
      const { afterPosition: after, untilPosition: until } = request
      const bound = await get(findBound('DESC'), { organizationId, after, until })
      return readNewest({ all, dialect }, viewer, request, bound && Number(bound.position))
    },

    listAll: async (after, until, limit) => {
      const rows = await all(
        'SELECT * FROM events WHERE position > $after AND position <= $until ORDER BY position LIMIT $limit',
        { after, until, limit },
      )
      return rows.map(toEvent)
    },

    noteRejected: async (organizationId, upload) => {
      await change(
        `INSERT INTO new_events (organization_id, type, snapshot)
         VALUES ($organizationId, 'file.rejected', $snapshot)`,
        { organizationId, snapshot: JSON.stringify(toSnapshot(upload)) },
      )
    },

    noteExpiring: (nowMs, untilMs, limit) => transact(() => noteExpiring(dialect, { nowMs, untilMs, limit })),

    forget: (beforeMs, limit) =>
      free(function* () {
        const { count } = yield* changeRows(
          `DELETE FROM events WHERE position IS NOT NULL AND position IN (
             SELECT position FROM (
               SELECT position, created_at_ms FROM events WHERE position IS NOT NULL ORDER BY position LIMIT $limit
             ) AS oldest
             WHERE created_at_ms < $beforeMs)`,
          { beforeMs, limit },
        )
        return count
      }),
  }
}

function* numberEvents(forUpdate: string): Steps<{ readonly count: number; readonly position: number }> {
  yield* changeRows(ENSURE_EVENT_STATE)
  const row = yield* getRow(`${FIND_POSITION} ${forUpdate}`)
  const before = Number(row?.position)
  const { rows } = yield* changeRows(NUMBER, { position: before, limit: NUMBERED_AT_A_TIME })
  const position = before + rows.length
  yield* changeRows('UPDATE event_state SET position = $position', { position })
  return { count: rows.length, position }
}

/** Adds the events and notes the time up to which they are there, so that none is added twice. */
function* noteExpiring(
  dialect: Dialect,
  { nowMs, untilMs, limit }: Readonly<Record<'nowMs' | 'untilMs' | 'limit', number>>,
): Steps<number> {
  yield* changeRows(ENSURE_EVENT_STATE)
  const row = yield* getRow(`SELECT expiry_noted_ms FROM event_state ${dialect.forUpdate}`)
  const afterMs = row?.expiry_noted_ms == null ? nowMs : Number(row.expiry_noted_ms)
  const last = yield* getRow(FIND_EXPIRING_BOUND, { afterMs, untilMs, others: limit - 1 })
  const notedMs = last === null ? untilMs : Number(last.expires_at_ms)
  const files = yield* getRows(`SELECT id ${EXPIRING}`, { afterMs, untilMs: notedMs })
  yield* changeRows(
    `INSERT INTO new_events (organization_id, type, snapshot)
     SELECT organization_id, 'file.expiring', snapshot FROM file_snapshots
     WHERE ${dialect.isOneOf('id', '$fileIds')}`,
    { fileIds: toJsonParameter(files.map(({ id }) => String(id))) },
  )
  yield* changeRows('UPDATE event_state SET expiry_noted_ms = $notedMs', {
    notedMs: Math.max(notedMs, afterMs),
  })
  return files.length
}

/** Reads a page up to `bound`, or up to the newest event when the request may look at all of them. */
async function readPage(
  { all, dialect }: Pick<Transactions, 'all' | 'dialect'>,
  viewer: StoreViewer,
  { afterPosition, untilPosition, types, limit }: EventRequest,
  bound: number | null,
): Promise<EventPage> {
  const until = bound ?? Math.max(afterPosition, untilPosition)
  const rows = await all(`${wantedEvents(dialect)} ORDER BY position LIMIT $limit + 1`, {
    ...{ ...viewerParameters(viewer), after: afterPosition, until, types: toJsonParameter(types), limit },
  })
  const events = rows.slice(0, limit).map(toEvent)
  const isFull = rows.length > limit
  return {
    events,
    position: isFull ? (events.at(-1)?.position ?? until) : until,
    hasMore: isFull || (bound !== null && bound < untilPosition),
  }
}

/** Reads a page from the newest event down to `bound`, or down to the oldest one. */
async function readNewest(
  { all, dialect }: Pick<Transactions, 'all' | 'dialect'>,
  viewer: StoreViewer,
  { afterPosition, untilPosition: until, types, limit }: EventRequest,
  bound: number | null,
): Promise<EventPage> {
  const after = bound === null ? afterPosition : bound - 1
  const rows = await all(`${wantedEvents(dialect)} ORDER BY position DESC LIMIT $limit + 1`, {
    ...{ ...viewerParameters(viewer), after, until, types: toJsonParameter(types), limit },
  })
  const events = rows.slice(0, limit).map(toEvent)
  const isFull = rows.length > limit
  return {
    events,
    position: isFull ? (events.at(-1)?.position ?? after + 1) - 1 : after,
    hasMore: isFull || bound !== null,
  }
}

const wantedEvents = (dialect: Dialect): string => `
  SELECT * FROM events
  WHERE organization_id = $organizationId AND position > $after AND position <= $until
    AND ${dialect.isOneOf("type || ''", '$types')} AND ${VISIBLE_EVENT}`
