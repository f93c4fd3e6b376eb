import type { BucketFile } from '../../domain/files/bucket-file.ts'
import {
  firstRange,
  type KeyListEntry,
  type KeyListPage,
  type KeyListRequest,
  type KeyRange,
  listKeys,
} from '../../domain/files/key-list.ts'
import { afterPrefix } from '../../platform/utf8-order.ts'
import { toBucketFile } from './bucket-rows.ts'
import { NOT_EXPIRED, OF_BUCKET, SELECT_BUCKET_FILES } from './select-bucket-files.ts'
import type { Parameters } from './statements.ts'
import type { Dialect, Transactions } from './transactions.ts'

/** Bucket of an organization whose keys are listed, and the time at which Files must not have ended. */
export interface ListedBucket {
  readonly organizationId: string
  readonly bucket: string
  readonly nowMs: number
}

type Reads = Pick<Transactions, 'all' | 'dialect'>

/** Returns a page of the Files of a bucket in the byte order of their keys. */
export function listBucketKeys(
  reads: Reads,
  bucket: ListedBucket,
  request: KeyListRequest,
): Promise<KeyListPage<BucketFile>> {
  return afterPrefix(request.delimiter) === null
    ? listKeys(request, (range, limit) => readRange(reads, bucket, range, limit))
    : listByNames(reads, bucket, request)
}

async function readRange(
  { all }: Reads,
  bucket: ListedBucket,
  { start, includesStart, end }: KeyRange,
  limit: number,
): Promise<readonly BucketFile[]> {
  const from = `bucket_files.key ${includesStart ? '>=' : '>'} $start`
  const until = end === null ? '' : 'AND bucket_files.key < $end'
  const rows = await all(
    `${SELECT_BUCKET_FILES} AND ${NOT_EXPIRED} AND ${from} ${until} ORDER BY bucket_files.key LIMIT $limit`,
    { ...bucket, limit, start, ...(end !== null && { end }) },
  )
  return rows.map(toBucketFile)
}

/**
 * Reads a page of a list with a delimiter. Each name is found by one seek in the index of the keys, behind the name
 * before it, so that the cost does not depend on the number of keys under a common prefix. One statement finds the names
 * and another one reads the Files: a File that is deleted in between is left out.
 */
async function listByNames(
  { all, dialect }: Reads,
  bucket: ListedBucket,
  request: KeyListRequest,
): Promise<KeyListPage<BucketFile>> {
  const { limit } = request
  const query = limit === 0 ? null : nameQuery(dialect, request)
  if (query === null) return { entries: [], next: null }
  const rows = await all(query.sql, { ...query.parameters, ...bucket })
  const names = rows
    .slice(0, limit)
    .map((row) => ({ name: String(row.name), isPrefix: Number(row.delimiter_place) > 0 }))
  const keys = names.flatMap(({ name, isPrefix }) => (isPrefix ? [] : [name]))
  const items = await readKeys({ all, dialect }, bucket, keys)
  return {
    entries: names.flatMap(({ name, isPrefix }): KeyListEntry<BucketFile>[] => {
      if (isPrefix) return [{ kind: 'prefix', name }]
      const item = items.get(name)
      return item === undefined ? [] : [{ kind: 'item', name, item }]
    }),
    next: rows.length > limit ? (names.at(-1)?.name ?? null) : null,
  }
}

async function readKeys(
  { all, dialect }: Reads,
  bucket: ListedBucket,
  keys: readonly string[],
): Promise<ReadonlyMap<string, BucketFile>> {
  if (keys.length === 0) return new Map()
  const isAmongKeys = dialect.isOneOf('bucket_files.key', '$keys')
  const sql = `${SELECT_BUCKET_FILES} AND ${NOT_EXPIRED} AND ${isAmongKeys}`
  const rows = await all(sql, { ...bucket, keys: JSON.stringify(keys) })
  return new Map(rows.map(toBucketFile).map((item) => [item.key, item]))
}

/** Returns the query for the names of a page and of the first entry behind it; null when there can be none. */
function nameQuery(
  { position }: Dialect,
  request: KeyListRequest,
): { readonly sql: string; readonly parameters: Parameters } | null {
  const { prefix, delimiter, limit } = request
  const range = firstRange(request)
  if (range === null) return null
  const place = (text: string) => position(`substr(${text}, $prefixLength + 1)`, '$delimiter')
  const nameOf = (key: string) =>
    `CASE ${place(key)} WHEN 0 THEN ${key}
       ELSE substr(${key}, 1, $prefixLength + ${place(key)} - 1 + $delimiterLength) END`
  const end = range.end === null ? '' : 'AND bucket_files.key < $end'
  const nextName = (start: string) => `(
    SELECT ${nameOf('bucket_files.key')} FROM ${OF_BUCKET} AND ${NOT_EXPIRED} AND ${start} ${end}
    ORDER BY bucket_files.key LIMIT 1)`
  const behind = `CASE ${place('name')} WHEN 0 THEN name
    ELSE substr(name, 1, length(name) - $delimiterLength) || $behindDelimiter END`
  return {
    sql: `WITH RECURSIVE names (name) AS (
       SELECT ${nextName(`bucket_files.key ${range.includesStart ? '>=' : '>'} $start`)}
       UNION ALL
       SELECT ${nextName(`bucket_files.key >= ${behind} AND bucket_files.key <> name`)}
       FROM names WHERE name IS NOT NULL
     ) SELECT name, ${place('name')} AS delimiter_place FROM names WHERE name IS NOT NULL LIMIT $limit + 1`,
    parameters: {
      ...{ delimiter, behindDelimiter: afterPrefix(delimiter), limit, start: range.start },
      ...(range.end !== null && { end: range.end }),
      prefixLength: [...prefix].length,
      delimiterLength: [...delimiter].length,
    },
  }
}
