import { afterPrefix, compareUtf8 } from '../../platform/utf8-order.ts'

/** Page of a list of keys, as S3 has it: keys with a common prefix count and appear as one entry. */
export interface KeyListRequest {
  /** Only keys that begin with it; '' for all. */
  readonly prefix: string
  /** A key is replaced by its part up to the first delimiter after the prefix; '' for none. */
  readonly delimiter: string
  /** The page begins after this key or common prefix; '' for the first page. */
  readonly after: string
  /** Largest number of entries, at least 0. */
  readonly limit: number
}

/** Entry of a list: something with a key, or the prefix that several of them have in common. */
export type KeyListEntry<T> =
  | { readonly kind: 'item'; readonly name: string; readonly item: T }
  | { readonly kind: 'prefix'; readonly name: string }

export interface KeyListPage<T> {
  /** In byte order of their names. */
  readonly entries: readonly KeyListEntry<T>[]
  /** The `after` of the next page; null on the last. */
  readonly next: string | null
}

/** Range of keys in byte order. */
export interface KeyRange {
  readonly start: string
  /** True when a key equal to `start` belongs to the range. */
  readonly includesStart: boolean
  /** First key behind the range; null for no end. */
  readonly end: string | null
}

/** Returns at most `limit` items of a range, at least 1, in byte order of their keys. */
export type NextKeys<T> = (range: KeyRange, limit: number) => Promise<readonly T[]>

/** Keys that are read behind a common prefix: often they have the next one in common, and only one is needed. */
const FEW_KEYS = 8

/**
 * Returns a page of a list of keys. Reads no keys under a common prefix but those that come in the same answer: it goes
 * on behind the prefix.
 */
export async function listKeys<T extends { readonly key: string }>(
  request: KeyListRequest,
  nextKeys: NextKeys<T>,
): Promise<KeyListPage<T>> {
  const { limit } = request
  if (limit === 0) return { entries: [], next: null }
  const entries: KeyListEntry<T>[] = []
  let range = firstRange(request)
  let batchSize = limit + 1
  // One entry more than the page tells if there is another page.
  while (range !== null && entries.length <= limit) {
    const wanted = Math.min(batchSize, limit + 1 - entries.length)
    const items = await nextKeys(range, wanted)
    const found = collectEntries(items, request)
    entries.push(...found)
    const last = found.at(-1)
    batchSize = last?.kind === 'prefix' ? FEW_KEYS : batchSize * 2
    range = items.length < wanted || last === undefined ? null : rangeBehind(last, range)
  }
  const page = entries.slice(0, limit)
  return { entries: page, next: entries.length > limit ? (page.at(-1)?.name ?? null) : null }
}

/** Returns the range of a page; null when it has no keys. */
export function firstRange({ prefix, delimiter, after }: KeyListRequest): KeyRange | null {
  const end = afterPrefix(prefix)
  if (after === '' || compareUtf8(after, prefix) < 0) return { start: prefix, includesStart: true, end }
  const range = { start: after, includesStart: false, end }
  // The position is behind a common prefix as a whole, also when it is a key under it.
  const passed = after.startsWith(prefix) ? commonPrefix(after, prefix, delimiter) : null
  if (passed !== null) return rangeBehindPrefix(passed, range)
  return end !== null && compareUtf8(after, end) >= 0 ? null : range
}

/** Returns the common prefix under which a key appears in the list; null when it appears by itself. */
export function commonPrefix(key: string, prefix: string, delimiter: string): string | null {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
  return at === -1 ? null : key.slice(0, at + delimiter.length)
}

function rangeBehind(entry: KeyListEntry<unknown>, range: KeyRange): KeyRange | null {
  return entry.kind === 'prefix'
    ? rangeBehindPrefix(entry.name, range)
    : { start: entry.name, includesStart: false, end: range.end }
}

function rangeBehindPrefix(prefix: string, { end }: KeyRange): KeyRange | null {
  const start = afterPrefix(prefix)
  const isOver = start === null || (end !== null && compareUtf8(start, end) >= 0)
  return isOver ? null : { start, includesStart: true, end }
}

/** Returns the entries of consecutive items. */
function collectEntries<T extends { readonly key: string }>(
  items: readonly T[],
  { prefix, delimiter }: KeyListRequest,
): KeyListEntry<T>[] {
  const entries: KeyListEntry<T>[] = []
  for (const item of items) {
    const name = commonPrefix(item.key, prefix, delimiter)
    if (name === null) entries.push({ kind: 'item', name: item.key, item })
    else if (entries.at(-1)?.name !== name) entries.push({ kind: 'prefix', name })
  }
  return entries
}
