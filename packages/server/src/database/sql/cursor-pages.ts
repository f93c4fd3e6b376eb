import type { Page } from '../../domain/page.ts'
import type { CursorRequest } from '../records/vector-stores.ts'
import type { Row } from './rows.ts'
import type { Parameters, Statements } from './statements.ts'

/** Query for a list in both directions, ordered by `sortColumn`, then `id`. */
export interface CursorQuery<T> {
  /** Selects one row with the column `total`; none when the list does not exist. */
  readonly total: string
  /** Queries, from `SELECT` to their WHERE clause, whose rows make the list together; each is read from an index. */
  readonly sources: readonly string[]
  /** Column to sort by before the id. Positions need a time column here. */
  readonly sortColumn: string
  /** Columns of tables that `join` adds to the rows of `page`. */
  readonly columns?: string
  readonly join?: string
  readonly parameters: Parameters
  readonly parse: (row: Row) => T
}

/** Reads a page and the total in one statement, so that both are from the same moment. */
export async function readCursorPage<T>(
  { all }: Pick<Statements, 'all'>,
  { total, sources, sortColumn, columns, join = '', parameters, parse }: CursorQuery<T>,
  { limit, skip, order, after, before }: CursorRequest,
): Promise<Page<T>> {
  // The entries before a position are read backwards, so that the page has the nearest ones.
  const isBackwards = after === null && before !== null
  const direction = (order === 'asc') === isBackwards ? 'DESC' : 'ASC'
  const [behind, ahead] = order === 'asc' ? ['>', '<'] : ['<', '>']
  const orderBy = (table: string) => `ORDER BY ${table}${sortColumn} ${direction}, ${table}id ${direction}`
  const places = [
    after && `AND (${sortColumn}, id) ${behind} ($afterTimeMs, $afterId)`,
    before && `AND (${sortColumn}, id) ${ahead} ($beforeTimeMs, $beforeId)`,
  ].filter((place) => place !== null)
  // One row more than the page tells if there is another page.
  const reads = sources.map((source) =>
    sources.length === 1
      ? `${source} ${places.join(' ')} ${orderBy('')} LIMIT $limit + 1 OFFSET $skip`
      : `SELECT * FROM (${source} ${places.join(' ')} ${orderBy('')} LIMIT $limit + 1 + $skip) AS source`,
  )
  const [first = ''] = reads
  const page =
    reads.length === 1
      ? first
      : `SELECT * FROM (${reads.join(' UNION ALL ')}) AS sources ${orderBy('')} LIMIT $limit + 1 OFFSET $skip`
  const read = (sql: string) =>
    all(sql, {
      ...parameters,
      ...(after && { afterTimeMs: after.timeMs, afterId: after.id }),
      ...(before && { beforeTimeMs: before.timeMs, beforeId: before.id }),
      ...{ limit, skip },
    })
  const counted = `SELECT counted.total, page.*${columns ? `, ${columns}` : ''} FROM (${total}) AS counted
    LEFT JOIN (${page}) AS page ON true ${join} ${orderBy('page.')}`
  // Most pages have rows, which can bring the total along: the join copies every row. Only an empty page needs it.
  const isPlain = reads.length === 1 && join === ''
  const rows = isPlain ? await read(page.replace('SELECT ', `SELECT (${total}) AS total, `)) : []
  const found = rows.length > 0 ? rows : await read(counted)
  const entries = found.filter((row) => row.id !== null && row.total !== null)
  const items = entries.slice(0, limit).map(parse)
  return {
    items: isBackwards ? items.reverse() : items,
    total: Number(found[0]?.total ?? 0),
    hasMore: entries.length > limit,
  }
}
