import type { Page, PageRequest } from '../database.ts'
import type { Parameters } from './connection.ts'
import type { Row } from './rows.ts'

/** What follows ORDER BY, for rows of which one more than the page is read, to know whether there are more. */
export const LIMIT_ONE_MORE = 'LIMIT $limit + 1 OFFSET $skip'

/** The condition that begins a page behind a place, for the two columns that the list is ordered by. */
export function behindPlace({ after }: PageRequest, timeColumn: string, idColumn: string): string {
  return after === null ? '' : `AND (${timeColumn}, ${idColumn}) < ($afterTimeMs, $afterId)`
}

export function pageParameters({ limit, skip, after }: PageRequest): Parameters {
  const place = after === null ? {} : { afterTimeMs: after.timeMs, afterId: after.id }
  return { limit, skip, ...place }
}

/** The page of rows read with `LIMIT_ONE_MORE`. */
export function toPage<T>(
  rows: Row[],
  { limit }: PageRequest,
  total: number,
  parse: (row: Row) => T,
): Page<T> {
  return { items: rows.slice(0, limit).map(parse), total, hasMore: rows.length > limit }
}
