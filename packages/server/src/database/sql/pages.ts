import type { ListOrder, Page, PageRequest } from '../../domain/page.ts'
import type { Row } from './rows.ts'
import type { Parameters, Statements } from './statements.ts'

/** Query for a list that is ordered by time, then id, or by the id alone. */
export interface ListQuery<T> {
  /** Selects one row with the column `total`. */
  readonly total: string
  /** Selects the rows of all pages; ends with the WHERE clause. */
  readonly rows: string
  /** Column to sort by before the id; null when ids are in chronological order. */
  readonly timeColumn: string | null
  readonly idColumn: string
  /** Descending when absent. */
  readonly order?: ListOrder
  readonly parameters: Parameters
  readonly parse: (row: Row) => T
}

/** Reads a page and the total in one statement, so that both are from the same moment. */
export async function readPage<T>(
  { all }: Statements,
  { total, rows, timeColumn, idColumn, order = 'desc', parameters, parse }: ListQuery<T>,
  { limit, skip, after }: PageRequest,
): Promise<Page<T>> {
  const byTime = timeColumn !== null
  const [direction, isBehind] = order === 'desc' ? ['DESC', '<'] : ['ASC', '>']
  const place = byTime
    ? `(${timeColumn}, ${idColumn}) ${isBehind} ($afterTimeMs, $afterId)`
    : `${idColumn} ${isBehind} $afterId`
  const behindPlace = after === null ? '' : `AND ${place}`
  const placeParameters =
    after === null ? {} : { afterId: after.id, ...(byTime ? { afterTimeMs: after.timeMs } : {}) }
  const inOrder = `ORDER BY ${byTime ? `${timeColumn} ${direction}, ` : ''}${idColumn} ${direction}`
  const found = await all(
    // One row more than the page tells if there is another page.
    `SELECT * FROM (${total}) AS counted
     LEFT JOIN (${rows} ${behindPlace} ${inOrder} LIMIT $limit + 1 OFFSET $skip) AS page ON true
     ${inOrder}`,
    { ...parameters, ...placeParameters, limit, skip },
  )
  const entries = found.filter((row) => row[idColumn] !== null)
  return {
    items: entries.slice(0, limit).map(parse),
    // While two versions run, a stored count may be temporarily wrong; a negative one is shown as 0.
    total: Math.max(0, Number(found[0]?.total ?? 0)),
    hasMore: entries.length > limit,
  }
}
