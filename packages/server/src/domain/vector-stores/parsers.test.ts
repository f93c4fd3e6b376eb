import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ServiceError } from '../errors.ts'
import { parseFileExpiry } from '../files/file-expiry.ts'
import { parseAttributes, parseMetadata } from './parse-attributes.ts'
import { parseChunking } from './parse-chunking.ts'
import { parseFilter } from './parse-filter.ts'
import { parseSearch } from './parse-search.ts'
import { parseStoreExpiry } from './parse-store-expiry.ts'

const long = (length: number) => 'x'.repeat(length)
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']))
const sizes = (max: unknown, overlap: unknown) => ({
  type: 'static',
  static: { max_chunk_size_tokens: max, chunk_overlap_tokens: overlap },
})
const leaf = { type: 'eq', key: 'a', value: 1 }
const nested = (depth: number): object => (depth === 0 ? leaf : { type: 'and', filters: [nested(depth - 1)] })
const wide = (nodes: number) => ({ type: 'or', filters: Array.from({ length: nodes - 1 }, () => leaf) })

function problemOf(parse: () => unknown): string {
  try {
    parse()
  } catch (error) {
    assert.ok(error instanceof ServiceError, String(error))
    assert.equal(error.code, 'VALIDATION_ERROR')
    return `${error.details.field} ${error.details.problem}`
  }
  return 'valid'
}

const REFUSED: readonly (readonly [problem: string, parse: () => unknown])[] = [
  ['attributes missing', () => parseAttributes(null, 'attributes')],
  ['attributes wrong_type', () => parseAttributes('x', 'attributes')],
  ['attributes wrong_type', () => parseAttributes([], 'attributes')],
  ['attributes invalid', () => parseAttributes(pairs(17), 'attributes')],
  [`attributes.${long(64)} too_long`, () => parseAttributes({ [long(65)]: 1 }, 'attributes')],
  ['attributes. too_short', () => parseAttributes({ '': 1 }, 'attributes')],
  ['attributes.a too_long', () => parseAttributes({ a: long(513) }, 'attributes')],
  ['attributes.a wrong_type', () => parseAttributes({ a: null }, 'attributes')],
  ['attributes.a wrong_type', () => parseAttributes({ a: ['x'] }, 'attributes')],
  ['attributes.a invalid', () => parseAttributes({ a: Number.POSITIVE_INFINITY }, 'attributes')],
  ['attributes.a invalid', () => parseAttributes({ a: '\u0000' }, 'attributes')],
  ['metadata.a wrong_type', () => parseMetadata({ a: 1 }, 'metadata')],
  ['metadata.a too_long', () => parseMetadata({ a: long(513) }, 'metadata')],
  ['metadata invalid', () => parseMetadata(pairs(17), 'metadata')],
  ['chunking.type missing', () => parseChunking({}, 'chunking')],
  ['chunking.type invalid', () => parseChunking({ type: 'contextual' }, 'chunking')],
  ['chunking.static missing', () => parseChunking({ type: 'static' }, 'chunking')],
  ['chunking.static.max_chunk_size_tokens below_minimum', () => parseChunking(sizes(99, 0), 'chunking')],
  ['chunking.static.max_chunk_size_tokens above_maximum', () => parseChunking(sizes(4097, 0), 'chunking')],
  ['chunking.static.max_chunk_size_tokens wrong_type', () => parseChunking(sizes('800', 0), 'chunking')],
  ['chunking.static.max_chunk_size_tokens wrong_type', () => parseChunking(sizes(800.5, 0), 'chunking')],
  ['chunking.static.chunk_overlap_tokens missing', () => parseChunking(sizes(800, null), 'chunking')],
  ['chunking.static.chunk_overlap_tokens above_maximum', () => parseChunking(sizes(801, 401), 'chunking')],
  ['expires_after.anchor missing', () => parseStoreExpiry({ days: 1 }, 'expires_after')],
  ['expires_after.anchor invalid', () => parseStoreExpiry({ anchor: 'x', days: 1 }, 'expires_after')],
  ['e.days missing', () => parseStoreExpiry({ anchor: 'last_active_at' }, 'e')],
  ['e.days below_minimum', () => parseStoreExpiry({ anchor: 'last_active_at', days: 0 }, 'e')],
  ['e.days above_maximum', () => parseStoreExpiry({ anchor: 'last_active_at', days: 366 }, 'e')],
  ['e.seconds below_minimum', () => parseFileExpiry({ anchor: 'created_at', seconds: 3599 }, 'e')],
  ['e.seconds above_maximum', () => parseFileExpiry({ anchor: 'created_at', seconds: 2592001 }, 'e')],
  ['filters wrong_type', () => parseFilter('x', 'filters')],
  ['filters.type missing', () => parseFilter({}, 'filters')],
  ['filters.type invalid', () => parseFilter({ type: 'like', key: 'a', value: 'b' }, 'filters')],
  ['filters.filters too_few', () => parseFilter({ type: 'and', filters: [] }, 'filters')],
  [
    'filters.filters[1].key missing',
    () => parseFilter({ type: 'and', filters: [leaf, { type: 'eq' }] }, 'filters'),
  ],
  ['filters.value missing', () => parseFilter({ type: 'eq', key: 'a' }, 'filters')],
  ['filters.value wrong_type', () => parseFilter({ type: 'eq', key: 'a', value: ['x'] }, 'filters')],
  ['filters.value wrong_type', () => parseFilter({ type: 'gt', key: 'a', value: true }, 'filters')],
  ['filters.value wrong_type', () => parseFilter({ type: 'in', key: 'a', value: 'x' }, 'filters')],
  ['filters.value too_few', () => parseFilter({ type: 'nin', key: 'a', value: [] }, 'filters')],
  [
    'filters.value too_many',
    () => parseFilter({ type: 'in', key: 'a', value: Array.from({ length: 257 }, () => 1) }, 'filters'),
  ],
  [`filters${'.filters[0]'.repeat(8)} invalid`, () => parseFilter(nested(9), 'filters')],
  ['filters invalid', () => parseFilter(wide(257), 'filters')],
  ['query missing', () => parseSearch({})],
  ['query wrong_type', () => parseSearch({ query: 1 })],
  ['query too_short', () => parseSearch({ query: '' })],
  ['query too_few', () => parseSearch({ query: [] })],
  ['query too_many', () => parseSearch({ query: Array.from({ length: 11 }, () => 'x') })],
  ['query too_long', () => parseSearch({ query: long(8193) })],
  ['query[1] too_long', () => parseSearch({ query: ['x', long(8193)] })],
  ['query[1] missing', () => parseSearch({ query: ['x', null] })],
  ['max_num_results below_minimum', () => parseSearch({ query: 'x', max_num_results: 0 })],
  ['max_num_results above_maximum', () => parseSearch({ query: 'x', max_num_results: 51 })],
  ['ranking_options wrong_type', () => parseSearch({ query: 'x', ranking_options: [] })],
  ['ranking_options.ranker invalid', () => parseSearch({ query: 'x', ranking_options: { ranker: 'y' } })],
  [
    'ranking_options.scoreThreshold above_maximum',
    () => parseSearch({ query: 'x', ranking_options: { scoreThreshold: 1.1 } }),
  ],
  [
    'ranking_options.hybrid_search invalid',
    () =>
      parseSearch({
        query: 'x',
        ranking_options: { hybrid_search: { embedding_weight: 0, text_weight: 0 } },
      }),
  ],
  ['rewrite_query wrong_type', () => parseSearch({ query: 'x', rewrite_query: 'true' })],
]

describe('parsing the values of vector stores', () => {
  for (const [problem, parse] of REFUSED) {
    test(`refuses ${problem.slice(0, 80)}`, () => assert.equal(problemOf(parse), problem))
  }

  test('accepts values at their limits', () => {
    assert.deepEqual(parseAttributes({ [long(64)]: '💡'.repeat(512), b: 1.5, c: false }, 'a'), {
      [long(64)]: '💡'.repeat(512),
      b: 1.5,
      c: false,
    })
    assert.equal(Object.keys(parseMetadata(pairs(16), 'm')).length, 16)
    assert.deepEqual(parseChunking(sizes(4096, 2048), 'c'), {
      kind: 'static',
      maxChunkTokens: 4096,
      overlapTokens: 2048,
    })
    assert.equal(parseStoreExpiry({ anchor: 'last_active_at', days: 365 }, 'e'), 365)
    assert.equal(parseFileExpiry({ anchor: 'created_at', seconds: 3600 }, 'e'), 3600)
    assert.equal(parseFilter(nested(8), 'f')?.type, 'and')
    assert.equal(parseFilter(wide(256), 'f')?.type, 'or')
    assert.deepEqual(parseSearch({ query: [long(8192)], max_num_results: 50 }).queries, [long(8192)])
  })

  test('keeps the types of filter values', () => {
    const filter = parseFilter({ type: 'in', key: 'a', value: ['1', 1, true] }, 'filters')
    assert.deepEqual(filter, { type: 'in', key: 'a', values: ['1', 1, true] })
  })

  test('treats null as absent in a search', () => {
    const request = parseSearch({
      query: 'x',
      filters: null,
      max_num_results: null,
      ranking_options: { ranker: null, score_threshold: null, hybrid_search: null },
      rewrite_query: null,
    })
    assert.deepEqual(request, {
      queries: ['x'],
      maxResults: 10,
      filter: null,
      minScore: 0,
      weights: null,
      rewritesQuery: false,
    })
  })
})
