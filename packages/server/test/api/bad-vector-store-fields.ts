import type { BadValues } from './bad-fields.ts'

/** Invalid values by the field of a request; the same for creating and changing a store. */
export const BAD_STORE_FIELDS: Readonly<Record<string, BadValues>> = {
  name: [
    ['null', null],
    ['empty', ''],
    ['a number', 5],
    ['an array', ['a']],
    ['an object', {}],
    ['256 characters', 'a'.repeat(256)],
    ['256 emoji', '😀'.repeat(256)],
    ['NUL', 'a\u0000b'],
    ['a line feed', 'a\nb'],
    ['a lone surrogate', 'a\ud800'],
  ],
  description: [
    ['a number', 5],
    ['a boolean', false],
    ['an array', []],
    ['an object', {}],
    ['1,025 characters', 'a'.repeat(1025)],
    ['NUL', 'a\u0000b'],
  ],
  access_mode: [
    ['empty', ''],
    ['a number', 1],
    ['another word', 'secret'],
    ['upper case', 'PRIVATE'],
    ['an array', ['private']],
  ],
  access_departments: [
    ['a string', 'sales'],
    ['an empty name', ['']],
    ['101 entries', Array.from({ length: 101 }, () => 'sales')],
    ['a number in it', [5]],
  ],
  access_users: [
    ['a string', 'usr_1'],
    ['101 entries', Array.from({ length: 101 }, () => 'usr_1')],
    ['null in it', [null]],
  ],
  metadata: [
    ['a string', 'a'],
    ['a number', 5],
    ['an array', []],
    ['a number as a value', { a: 5 }],
    ['null as a value', { a: null }],
    ['17 pairs', Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`key${index}`, 'a']))],
    ['a key of 65 characters', { ['k'.repeat(65)]: 'a' }],
    ['an empty key', { '': 'a' }],
    ['a value of 513 characters', { a: 'v'.repeat(513) }],
    ['NUL in a value', { a: '\u0000' }],
  ],
  expires_after: [
    ['a number', 7],
    ['a string', '7 days'],
    ['an empty object', {}],
    ['no anchor', { days: 7 }],
    ['no days', { anchor: 'last_active_at' }],
    ['another anchor', { anchor: 'created_at', days: 7 }],
    ['0 days', { anchor: 'last_active_at', days: 0 }],
    ['366 days', { anchor: 'last_active_at', days: 366 }],
    ['half a day', { anchor: 'last_active_at', days: 0.5 }],
    ['days as a string', { anchor: 'last_active_at', days: '7' }],
  ],
}

export const BAD_FILE_IDS: BadValues = [
  ['a string', 'file_1'],
  ['an object', {}],
  ['a number in it', [5]],
  ['an empty id', ['']],
  ['NUL in an id', ['file_1', 'file\u0000']],
  ['a lone surrogate in an id', ['file_\ud800']],
  ['501 ids', Array.from({ length: 501 }, (_, index) => `file_${index}`)],
]

export const BAD_FILE_ID: BadValues = [
  ['missing', undefined],
  ['null', null],
  ['empty', ''],
  ['a number', 5],
  ['an array', ['file_1']],
  ['129 characters', 'f'.repeat(129)],
]

export const BAD_ATTRIBUTES: BadValues = [
  ['a string', 'a'],
  ['a number', 5],
  ['an array', []],
  ['null as a value', { a: null }],
  ['an array as a value', { a: ['b'] }],
  ['an object as a value', { a: {} }],
  ['17 keys', Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`key${index}`, 1]))],
  ['a key of 65 characters', { ['k'.repeat(65)]: 1 }],
  ['an empty key', { '': 1 }],
  ['a string of 513 characters', { a: 'v'.repeat(513) }],
  ['NUL in a value', { a: '\u0000' }],
]

const staticSizes = (max_chunk_size_tokens: unknown, chunk_overlap_tokens: unknown) => ({
  type: 'static',
  static: { max_chunk_size_tokens, chunk_overlap_tokens },
})

export const BAD_CHUNKING: BadValues = [
  ['a string', 'auto'],
  ['an array', []],
  ['an empty object', {}],
  ['another type', { type: 'contextual' }],
  ['a number as its type', { type: 1 }],
  ['static without sizes', { type: 'static' }],
  ['no overlap', { type: 'static', static: { max_chunk_size_tokens: 800 } }],
  ['no size', { type: 'static', static: { chunk_overlap_tokens: 0 } }],
  ['chunks of 99 tokens', staticSizes(99, 0)],
  ['chunks of 4,097 tokens', staticSizes(4097, 0)],
  ['an overlap of more than half', staticSizes(100, 51)],
  ['a negative overlap', staticSizes(100, -1)],
  ['half a token', staticSizes(100.5, 0)],
  ['a size as a string', staticSizes('800', 0)],
]

const leaf = { type: 'eq', key: 'a', value: 1 }

/** Filter whose compounds are nested `depth` deep. */
export function nestedFilter(depth: number): object {
  return depth === 0 ? leaf : { type: 'and', filters: [nestedFilter(depth - 1)] }
}

/** Filter of `nodes` nodes. */
export function wideFilter(nodes: number): object {
  return { type: 'or', filters: Array.from({ length: nodes - 1 }, () => leaf) }
}

export const BAD_SEARCH_FIELDS: Readonly<Record<string, BadValues>> = {
  query: [
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 5],
    ['an object', {}],
    ['no query', []],
    ['an empty query in it', ['a', '']],
    ['a number in it', ['a', 5]],
    ['11 queries', Array.from({ length: 11 }, () => 'a')],
    ['8,193 characters', 'a'.repeat(8193)],
    ['8,193 characters in it', ['a', 'b'.repeat(8193)]],
    ['NUL', 'a\u0000b'],
  ],
  max_num_results: [
    ['0', 0],
    ['51', 51],
    ['negative', -1],
    ['a fraction', 1.5],
    ['a string', '5'],
    ['an array', [5]],
  ],
  filters: [
    ['a string', 'a = 1'],
    ['an array', [leaf]],
    ['an empty object', {}],
    ['an unknown type', { ...leaf, type: 'like' }],
    ['no key', { type: 'eq', value: 1 }],
    ['an empty key', { ...leaf, key: '' }],
    ['a key of 65 characters', { ...leaf, key: 'k'.repeat(65) }],
    ['no value', { type: 'eq', key: 'a' }],
    ['null as its value', { ...leaf, value: null }],
    ['an array as its value', { ...leaf, value: [1] }],
    ['an object as its value', { ...leaf, value: {} }],
    ['a boolean to compare by order', { ...leaf, type: 'gt', value: true }],
    ['in without an array', { ...leaf, type: 'in' }],
    ['in of nothing', { ...leaf, type: 'in', value: [] }],
    ['in of 257 values', { ...leaf, type: 'in', value: Array.from({ length: 257 }, (_, index) => index) }],
    ['and of nothing', { type: 'and', filters: [] }],
    ['and without filters', { type: 'and' }],
    ['a broken filter in a compound', { type: 'or', filters: [leaf, 5] }],
    ['9 levels', nestedFilter(9)],
    ['257 nodes', wideFilter(257)],
  ],
  ranking_options: [
    ['a string', 'auto'],
    ['an array', []],
    ['an unknown ranker', { ranker: 'best' }],
    ['a negative threshold', { score_threshold: -0.1 }],
    ['a threshold above 1', { score_threshold: 1.1 }],
    ['a threshold as a string', { score_threshold: '0.5' }],
    ['weights that are both 0', { hybrid_search: { embedding_weight: 0, text_weight: 0 } }],
    ['a negative weight', { hybrid_search: { embedding_weight: -1, text_weight: 1 } }],
    ['one weight', { hybrid_search: { text_weight: 1 } }],
  ],
  rewrite_query: [
    ['a string', 'true'],
    ['a number', 1],
  ],
}

export const BAD_STORE_IDS: BadValues = [
  ['missing', undefined],
  ['null', null],
  ['a string', 'vs_1'],
  ['no id', []],
  ['an empty id', ['']],
  ['a number in it', [5]],
  ['11 ids', Array.from({ length: 11 }, (_, index) => `vs_${index}`)],
]
