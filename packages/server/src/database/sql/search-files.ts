import type { File } from '../../domain/files/file.ts'
import type { FilePosition, FileSort } from '../../domain/files/file-list.ts'
import { termsOfFilter } from '../../domain/files/file-terms.ts'
import type { FileRecords, FileSearchPage, FileSearchRequest } from '../records/files.ts'
import type { FileSearchDialect } from './file-search-dialect.ts'
import { FILE_COLUMNS, LIVE_FILE } from './file-statements.ts'
import { toFile } from './rows.ts'
import { type SearchConditions, searchConditions } from './search-conditions.ts'
import type { Parameters, Statements } from './statements.ts'

/** Bounds of the reads of one page. */
export interface FileSearchLimits {
  /** Entries that are first read in the order of the list, because a page of them may match. */
  readonly firstRead: number
  /** Entries that match, found by an index of their own, that are sorted for a page. */
  readonly maxFound: number
  /** Entries that are then read in the order of the list when more match: a page of them is likely. */
  readonly lastRead: number
}

const LIMITS: FileSearchLimits = { firstRead: 500, maxFound: 2000, lastRead: 1500 }

/** Part of the list that was read. */
interface Found {
  readonly files: readonly File[]
  /** Position to which the list was read; null for its end, and when `files` has more than a page. */
  readonly end: FilePosition | null
}

interface Part extends Found {
  /** Files of the organization that match, when as many of the whole list do as of this part. */
  readonly expected: number
}

interface Search {
  readonly organizationId: string
  readonly request: FileSearchRequest
  readonly conditions: SearchConditions
  readonly terms: readonly number[]
}

/** Creates the searches of a database. */
export function createFileSearch(
  { all }: Pick<Statements, 'all'>,
  dialect: FileSearchDialect,
  { firstRead, maxFound, lastRead }: FileSearchLimits = LIMITS,
): Pick<FileRecords, 'search'> {
  const chooseTerms = dialect.createTermChoice({ all })
  const readAll = (sql: string, parameters: Parameters) => all(sql, usedBy(sql, parameters))
  const readFiles = async (sql: string, parameters: Parameters) =>
    (await readAll(sql, parameters)).map(toFile)

  /** Reads files that wait for their indexing: few, except after an upgrade. */
  const readWaiting = ({ conditions, request }: Search): Promise<File[]> => {
    const { range, others, orderBy, parameters } = conditions
    const where = [LIVE_FILE, dialect.isWaiting, ...range, ...others].join(' AND ')
    const sql = `SELECT ${FILE_COLUMNS} FROM ${dialect.readFrom('unindexed_files')} WHERE ${where} ${orderBy}
      LIMIT $limit + 1`
    return readFiles(sql, { ...parameters, limit: request.limit })
  }

  /** Reads at most `maxRead` entries in the order of the list. */
  const readInOrder = async ({ conditions, request }: Search, maxRead: number): Promise<Part> => {
    const { index, hasWaiting, range, others, sortColumn, orderBy, parameters } = conditions
    // Without the condition where it is not needed: PostgreSQL cannot tell well how many files wait.
    const where = [LIVE_FILE, ...(hasWaiting ? [] : [dialect.isIndexed]), ...range].join(' AND ')
    const from = `FROM ${dialect.readFrom(index)} WHERE ${where}`
    // One statement, because a file that is added or deleted between two would move the end. It is only read when the page
    // is not full: a limit of 0 reads nothing, and for a condition SQLite would read the list to its end.
    const rows = await readAll(
      `WITH page AS MATERIALIZED (
         SELECT * FROM (SELECT ${FILE_COLUMNS}, folded_name ${from} ${orderBy} LIMIT ${maxRead}) AS entries
         WHERE ${others.join(' AND ')} LIMIT $limit + 1)
       SELECT last.*, page.* FROM (SELECT 1 AS one) AS always LEFT JOIN (
         SELECT ${sortColumn} AS end_value, id AS end_id,
           (SELECT file_count FROM organizations WHERE id = $organizationId) AS file_count
         ${from} ${orderBy} LIMIT (SELECT CASE WHEN count(*) > $limit THEN 0 ELSE 1 END FROM page) OFFSET ${maxRead - 1}
       ) AS last ON true LEFT JOIN page ON true`,
      { ...parameters, limit: request.limit },
    )
    const files = rows.filter(({ id }) => id !== null).map(toFile)
    const { end_value: value, end_id: id, file_count: fileCount } = rows[0] ?? {}
    return {
      files,
      end: typeof id === 'string' ? toPosition(value, id, request.sort) : null,
      expected: (files.length / maxRead) * Number(fileCount),
    }
  }

  /** Reads on in the order of the list, behind the part that was read. */
  const readOn = async (search: Search, { files, end }: Found): Promise<Found> => {
    const request = { ...search.request, after: end, limit: search.request.limit - files.length }
    const rest = await readInOrder(toSearch(search.organizationId, request, dialect), lastRead)
    return { files: [...files, ...rest.files], end: rest.end }
  }

  /** Sorts the files that the query `found` returns; null when they are more than `maxFound`. */
  const sortFound = async (
    found: string,
    terms: readonly number[],
    { conditions, request }: Search,
  ): Promise<readonly File[] | null> => {
    const { range, others, orderBy, parameters } = conditions
    const where = [dialect.isFound, LIVE_FILE, dialect.isIndexed, ...range, ...others].join(' AND ')
    const rows = await readAll(
      `WITH found AS MATERIALIZED (${found}), counted AS MATERIALIZED (SELECT count(*) AS matches FROM found)
       SELECT counted.matches, page.* FROM counted LEFT JOIN (
         SELECT ${FILE_COLUMNS} FROM ${dialect.readFrom('indexed_files')}
         WHERE (SELECT matches FROM counted) <= ${maxFound} AND ${where} ${orderBy} LIMIT $limit + 1
       ) AS page ON true`,
      {
        ...parameters,
        limit: request.limit,
        maxFound: maxFound + 1,
        terms: dialect.termsParameter(terms),
      },
    )
    if (Number(rows[0]?.matches) > maxFound) return null
    return rows.filter(({ id }) => id !== null).map(toFile)
  }

  /** Reads the files that match, from an index that has at most `maxFound` of them; null when there is none. */
  const readFound = async (search: Search): Promise<readonly File[] | null> => {
    const { conditions, terms } = search
    for (const some of terms.length > 0 ? await chooseTerms(terms) : []) {
      const files = await sortFound(dialect.findByTerms, some, search)
      if (files !== null) return files
    }
    return conditions.times.length > 0 ? sortFound(findByTime(dialect, conditions), [], search) : null
  }

  /** Reads the files that indexes have, from the index that needs the fewest reads. */
  const readIndexed = async (search: Search): Promise<Found> => {
    const { conditions, request, terms } = search
    const listByTime = request.sort === 'time' && terms.length > 0 ? dialect.listByTime : null
    const first = await readInOrder(search, listByTime === null ? firstRead : Math.ceil(firstRead / 4))
    if (first.end === null || first.files.length === request.limit) return first
    if (listByTime !== null) {
      const parameters = {
        ...conditions.parameters,
        limit: request.limit,
        terms: dialect.termsParameter(terms),
      }
      return { files: await readFiles(listByTime(conditions, request), parameters), end: null }
    }
    // An index would read all of them, and find only that they are too many.
    const found = first.expected > maxFound ? null : await readFound(search)
    return found === null ? readOn(search, first) : { files: found, end: null }
  }

  return {
    search: async (organizationId, request) => {
      const search = toSearch(organizationId, request, dialect)
      // Waiting files are read first: a file that is indexed meanwhile is in both.
      const waiting = await readWaiting(search)
      return toPage(request, waiting, await readIndexed(search))
    },
  }
}

function toSearch(organizationId: string, request: FileSearchRequest, dialect: FileSearchDialect): Search {
  const conditions = searchConditions(organizationId, request, dialect)
  return { organizationId, request, conditions, terms: termsOfFilter(organizationId, request.filter) }
}

function findByTime({ key, isIndexed, readFrom }: FileSearchDialect, { times }: SearchConditions): string {
  const where = [LIVE_FILE, isIndexed, ...times].join(' AND ')
  return `SELECT ${key} AS key FROM ${readFrom('files_newest_first')} WHERE ${where}
    ORDER BY uploaded_at_ms DESC LIMIT $maxFound`
}

/** Returns the page of both parts. Waiting files behind the end of the other part are left for a later page. */
function toPage(
  { sort, order, limit }: FileSearchRequest,
  waiting: readonly File[],
  { files, end }: Found,
): FileSearchPage {
  const compare = (a: FilePosition, b: FilePosition) => {
    const ascending = compareValues(a.value, b.value) || compareValues(a.id, b.id)
    return order === 'asc' ? ascending : -ascending
  }
  const before = waiting.filter((file) => end === null || compare(positionOf(file, sort), end) <= 0)
  const merged = [...new Map([...before, ...files].map((file) => [file.id, file])).values()].sort((a, b) =>
    compare(positionOf(a, sort), positionOf(b, sort)),
  )
  const items = merged.slice(0, limit)
  const last = items.at(-1)
  return { items, next: merged.length > limit && last ? positionOf(last, sort) : end }
}

/** Returns the position of the file in a list of this order. */
export function positionOf({ id, uploadedAtMs, filename, sizeBytes }: File, sort: FileSort): FilePosition {
  return { id, value: { time: uploadedAtMs, name: filename, size: sizeBytes }[sort] }
}

function toPosition(value: unknown, id: string, sort: FileSort): FilePosition {
  return { id, value: sort === 'name' ? String(value) : Number(value) }
}

/** Compares numbers, and texts in the order of their bytes. */
function compareValues(a: number | string, b: number | string): number {
  return typeof a === 'number' ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
}

/** Returns the parameters that the statement has: SQLite refuses others. */
function usedBy(sql: string, parameters: Parameters): Parameters {
  const names = new Set([...sql.matchAll(/\$([a-z]\w*)/gi)].map(([, name]) => name))
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => names.has(name)))
}
