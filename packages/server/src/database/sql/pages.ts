import type { Page, PageRequest } from '../database.ts'
import type { Row } from './rows.ts'
import type { Parameters, Statements } from './statements.ts'

/** A list that is ordered by a time, then an id, both descending. */
export interface ListQuery<T> {
  /** Selects one row with the column `total`. */
  readonly total: string
  /** Selects the rows of all pages, up to and with its WHERE. */
  readonly rows: string
  readonly timeColumn: string
  readonly idColumn: string
  readonly parameters: Parameters
  readonly parse: (row: Row) => T
}

/** One page and the total, of one moment and in one statement. */
export async function readPage<T>(
  { all }: Statements,
  { total, rows, timeColumn, idColumn, parameters, parse }: ListQuery<T>,
  { limit, skip, after }: PageRequest,
): Promise<Page<T>> {
  const behindPlace = after === null ? '' : `AND (${timeColumn}, ${idColumn}) < ($afterTimeMs, $afterId)`
  const place = after === null ? {} : { afterTimeMs: after.timeMs, afterId: after.id }
  const newestFirst = `ORDER BY ${timeColumn} DESC, ${idColumn} DESC`
  const found = await all(
    // One more than the page, to know whether there are more.
    `SELECT * FROM (${total}) AS counted
     LEFT JOIN (${rows} ${behindPlace} ${newestFirst} LIMIT $limit + 1 OFFSET $skip) AS page ON true
     ${newestFirst}`,
    { ...parameters, ...place, limit, skip },
  )
  const entries = found.filter((row) => row[idColumn] !== null)
  return {
    items: entries.slice(0, limit).map(parse),
    total: Number(found[0]?.total ?? 0),
    hasMore: entries.length > limit,
  }
}
