import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { afterPrefix, compareUtf8 } from '../../platform/utf8-order.ts'
import { type KeyListRequest, type KeyRange, listKeys } from './key-list.ts'

const ALL = { prefix: '', delimiter: '', after: '', limit: 1000 }

/** Returns the reader of these keys, with the ranges that were read. */
function readerOf(keys: readonly string[]) {
  const sorted = [...keys].sort(compareUtf8)
  const reads: { range: KeyRange; keys: readonly string[] }[] = []
  const nextKeys = async (range: KeyRange, limit: number) => {
    assert.ok(limit >= 1)
    const { start, includesStart, end } = range
    const found = sorted
      .filter((key) => compareUtf8(key, start) > 0 || (includesStart && key === start))
      .filter((key) => end === null || compareUtf8(key, end) < 0)
      .slice(0, limit)
    reads.push({ range, keys: found })
    return found.map((key) => ({ key }))
  }
  return { nextKeys, reads }
}

/** The definition of a list: every key or common prefix once, in order, behind the position. */
function naivePage(keys: readonly string[], { prefix, delimiter, after, limit }: KeyListRequest) {
  const names = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const [first, ...rest] = delimiter === '' ? [key] : key.slice(prefix.length).split(delimiter)
      return rest.length === 0
        ? { kind: 'item', name: key }
        : { kind: 'prefix', name: prefix + first + delimiter }
    })
  const unique = [...new Map(names.map((entry) => [`${entry.kind}${entry.name}`, entry])).values()]
  const behind = unique
    .sort((a, b) => compareUtf8(a.name, b.name))
    .filter(({ name }) => compareUtf8(name, after) > 0)
  const entries = behind.slice(0, limit)
  const next = limit > 0 && behind.length > limit ? entries.at(-1)?.name : null
  return { entries, next }
}

async function pageOf(keys: readonly string[], request: KeyListRequest) {
  const { entries, next } = await listKeys(request, readerOf(keys).nextKeys)
  return { entries: entries.map(({ kind, name }) => ({ kind, name })), next }
}

const unit = fc.constantFrom('a', 'b', '/', '//', '0', '.', '\uD7FF', '\uE000', '\u{10FFFF}', '😀')
const anyText = (maxLength: number) => fc.array(unit, { maxLength }).map((units) => units.join(''))
const anyKeys = fc.uniqueArray(
  anyText(5).filter((key) => key !== ''),
  { maxLength: 40 },
)
const anyRequest = fc.record({
  prefix: anyText(2),
  delimiter: fc.constantFrom('', '/', '//', 'a', '\u{10FFFF}', 'b/'),
  after: anyText(4),
  limit: fc.integer({ min: 0, max: 12 }),
})

describe('a list of any keys', () => {
  it('is what the definition says', async () => {
    await fc.assert(
      fc.asyncProperty(anyKeys, anyRequest, async (keys, request) => {
        assert.deepEqual(await pageOf(keys, request), naivePage(keys, request))
      }),
      { numRuns: 2000 },
    )
  })

  it('has the same entries in pages of any size', async () => {
    await fc.assert(
      fc.asyncProperty(anyKeys, anyRequest, fc.integer({ min: 1, max: 5 }), async (keys, request, limit) => {
        const complete = naivePage(keys, { ...request, limit: 1000 })
        const entries = []
        for (let after: string | null = request.after; after !== null; ) {
          const page = await pageOf(keys, { ...request, after, limit })
          entries.push(...page.entries)
          after = page.next ?? null
        }
        assert.deepEqual(entries, complete.entries)
      }),
    )
  })
})

describe('a list with a delimiter', () => {
  const folders = Array.from({ length: 20 }, (_, folder) => `folder-${String(folder).padStart(2, '0')}/`)
  const keys = folders.flatMap((folder) => Array.from({ length: 500 }, (_, file) => `${folder}${file}`))

  it('goes on behind each common prefix, however many keys it has', async () => {
    const { nextKeys, reads } = readerOf(keys)
    const { entries } = await listKeys({ ...ALL, delimiter: '/' }, nextKeys)
    assert.deepEqual(
      entries.map(({ name }) => name),
      folders,
    )
    const keysRead = reads.slice(1).reduce((sum, read) => sum + read.keys.length, 0)
    assert.ok(keysRead <= folders.length * 8, `${keysRead} keys were read`)
  })

  it('goes on behind a common prefix when the position is a key under it', async () => {
    const page = await pageOf(keys, { ...ALL, delimiter: '/', after: 'folder-03/17', limit: 1 })
    assert.deepEqual(page, { entries: [{ kind: 'prefix', name: 'folder-04/' }], next: 'folder-04/' })
  })

  it('reads only keys with the prefix', async () => {
    const { nextKeys, reads } = readerOf(keys)
    await listKeys({ ...ALL, prefix: 'folder-07/4' }, nextKeys)
    const end = afterPrefix('folder-07/4')
    assert.deepEqual(
      reads.map(({ range }) => range.end),
      reads.map(() => end),
    )
  })
})

describe('a list without a delimiter', () => {
  it('reads a page at once', async () => {
    const { nextKeys, reads } = readerOf(Array.from({ length: 3000 }, (_, index) => `${10_000 + index}`))
    const { entries, next } = await listKeys(ALL, nextKeys)
    assert.deepEqual([entries.length, next, reads.length], [1000, '10999', 1])
  })

  it('of no entries reads nothing and has no next page', async () => {
    const { nextKeys, reads } = readerOf(['a'])
    assert.deepEqual(await listKeys({ ...ALL, limit: 0 }, nextKeys), { entries: [], next: null })
    assert.equal(reads.length, 0)
  })
})
