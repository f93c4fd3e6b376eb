import type { Database } from '../../database/database.ts'
import {
  type AuditEvent,
  addRefusals,
  type CountedRefusals,
  SEVERAL,
} from '../../domain/access/audit-event.ts'
import type { Log } from '../log.ts'

/** Records refused requests with a bounded number of rows and writes. */
export interface RefusalCounts {
  /**
   * Counts a refusal. The first one of a row in this process is written when this resolves, later ones within a
   * second. Never throws: a failed write is logged as a warning and retried with the next one.
   */
  add(refusal: Omit<AuditEvent, 'timeMs'>): Promise<void>
  /** Writes the remaining counts. Never throws. */
  close(): Promise<void>
}

const MINUTE_MS = 60_000
const WRITE_EVERY_MS = 1000
const MAX_ROWS_PER_WRITE = 1000
/** Upper bound of rows of one minute in memory; refusals of further rows are written immediately. */
const MAX_ROWS = 10_000
/** Upper bound of rows for addresses without a known key, per minute and process; all other addresses share one row. */
const MAX_ADDRESS_ROWS = 60

/**
 * Aggregates refusals into one row per key, code and minute, or per address, code and minute without a known key.
 * Processes that share a database add to the same rows. A crash loses the counts of the last second.
 */
export function createRefusalCounts({
  database,
  log,
  now,
}: {
  readonly database: Pick<Database, 'audit'>
  readonly log: Log
  now(): number
}): RefusalCounts {
  /** Existing rows of this minute by name, with the counts that are not written yet. */
  const rows = new Map<string, CountedRefusals | null>()
  const nameRow = createRowNames()
  let minute = 0
  let timer: NodeJS.Timeout | null = null

  const forgetEarlierRows = (timeMs: number) => {
    const current = Math.floor(timeMs / MINUTE_MS)
    if (current === minute) return
    minute = current
    for (const [name, waiting] of rows) if (waiting === null) rows.delete(name)
  }

  const keep = (refusals: CountedRefusals) => {
    const waiting = rows.get(refusals.rowName)
    rows.set(refusals.rowName, waiting ? addRefusals(waiting, refusals) : refusals)
    timer ??= setTimeout(writeWaiting, WRITE_EVERY_MS).unref()
  }

  const write = async (refusals: readonly CountedRefusals[]) => {
    try {
      await database.audit.addRefusals(refusals)
    } catch (err) {
      const count = refusals.reduce((sum, one) => sum + one.count, 0)
      log.warn({ err, refusals: count }, 'refusals could not be written to the audit')
      for (const one of refusals) keep(one)
    }
  }

  const writeWaiting = async () => {
    timer = null
    const waiting = [...rows.values()].filter((one) => one !== null)
    for (const { rowName, timeMs } of waiting) {
      if (Math.floor(timeMs / MINUTE_MS) === minute) rows.set(rowName, null)
      else rows.delete(rowName)
    }
    for (let first = 0; first < waiting.length; first += MAX_ROWS_PER_WRITE) {
      await write(waiting.slice(first, first + MAX_ROWS_PER_WRITE))
    }
  }

  return {
    add: async (refusal) => {
      const timeMs = now()
      forgetEarlierRows(timeMs)
      const counted = { ...nameRow(refusal, timeMs), timeMs, count: 1 }
      if (rows.has(counted.rowName)) return keep(counted)
      if (rows.size < MAX_ROWS) rows.set(counted.rowName, null)
      await write([counted])
    },
    close: async () => {
      if (timer !== null) clearTimeout(timer)
      await writeWaiting()
      if (timer !== null) clearTimeout(timer)
    },
  }
}

type Refusal = Omit<AuditEvent, 'timeMs'>

/**
 * Returns a function that names the row of each refusal: by key, code and minute, or by address, code and minute when
 * there is no known key.
 */
function createRowNames(): (refusal: Refusal, timeMs: number) => Refusal & { rowName: string } {
  const addressRows = new Set<string>()
  let addressRowsMinute = 0

  const hasOwnRow = (rowName: string, minute: number) => {
    if (minute !== addressRowsMinute) addressRows.clear()
    addressRowsMinute = minute
    if (addressRows.size < MAX_ADDRESS_ROWS) addressRows.add(rowName)
    return addressRows.has(rowName)
  }

  return (refusal, timeMs) => {
    const minute = Math.floor(timeMs / MINUTE_MS)
    const nameOf = (who: string) => `${minute} ${refusal.outcome} ${who}`
    if (refusal.actor !== null) return { ...refusal, rowName: nameOf(refusal.actor) }
    const rowName = nameOf(`from ${refusal.clientAddress ?? 'unknown'}`)
    if (hasOwnRow(rowName, minute)) return { ...refusal, rowName }
    return { ...refusal, target: null, clientAddress: SEVERAL, rowName: nameOf('from others') }
  }
}
