import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { BAD_SEARCH_FIELDS, BAD_STORE_IDS, nestedFilter, wideFilter } from './bad-vector-store-fields.ts'
import { type Client, createClient } from './client.ts'
import { assertError, errorOf } from './envelope.ts'
import {
  createStore,
  dataOf,
  indexText,
  type SearchResults,
  type StoreObject,
} from './vector-store-bodies.ts'

const UNKNOWN_STORE = `vs_${'0'.repeat(32)}`

describe('search', () => {
  let server: TestApp
  let client: Client
  let animals: StoreObject
  let plants: StoreObject
  let empty: StoreObject

  before(async () => {
    server = await startApp()
    client = createClient(server)
    animals = await createStore(client, { name: 'Animals' })
    plants = await createStore(client, { name: 'Plants' })
    empty = await createStore(client, { name: 'Empty' })
    await indexText(client, animals.id, 'The fox jumps over the lazy dog.', { attributes: { year: 2025 } })
    await indexText(client, animals.id, 'A whale dives deep.', { attributes: { year: 2026 } })
    await indexText(client, plants.id, 'The oak grows slowly. A fox sleeps below.')
  })
  after(() => server.stop())

  const search = async (storeId: string, body: object) =>
    dataOf<SearchResults>(await client.post(`/vector-stores/${storeId}/search`, body))
  const searchAll = async (vector_store_ids: readonly string[], body: object) =>
    dataOf<SearchResults>(await client.post('/vector-stores/search', { vector_store_ids, ...body }))

  it('finds the chunk with the words, and tells its place', async () => {
    const { search_query, results, took_ms } = await search(animals.id, { query: 'fox' })
    assert.deepEqual(search_query, ['fox'])
    assert.ok(Number.isInteger(took_ms) && took_ms >= 0)
    const [first] = results
    assert.ok(first)
    const { score, chunk_id, file_id, ...rest } = first
    assert.match(file_id, /^file_[0-9a-f]{32}$/)
    assert.ok(chunk_id !== '' && score > 0 && score <= 1)
    const text = 'The fox jumps over the lazy dog.'
    assert.deepEqual(rest, {
      ...{ filename: 'note.txt', text, attributes: { year: 2025 }, vector_store_id: animals.id },
      ...{ chunk_index: 0, page: null, start_offset: 0, end_offset: text.length },
    })
  })

  it('gives scores that fall with rank', async () => {
    const { results } = await search(animals.id, { query: 'fox whale' })
    assert.equal(results.length, 2)
    const scores = results.map(({ score }) => score)
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    )
  })

  it('takes several queries', async () => {
    const { search_query, results } = await search(animals.id, { query: ['fox', 'whale'] })
    assert.deepEqual(search_query, ['fox', 'whale'])
    assert.equal(results.length, 2)
  })

  it('ranks several stores together, each once', async () => {
    const { results } = await searchAll([animals.id, plants.id, animals.id], {
      query: 'fox',
      max_num_results: 50,
    })
    const stores = new Set(results.slice(0, 2).map(({ vector_store_id }) => vector_store_id))
    assert.deepEqual(stores, new Set([animals.id, plants.id]))
    assert.equal(results.length, 3)
  })

  it('filters by attributes, before it cuts', async () => {
    const filters = { type: 'gte', key: 'year', value: 2026 }
    const { results } = await search(animals.id, { query: 'fox', filters, max_num_results: 1 })
    assert.deepEqual(
      results.map(({ text }) => text),
      ['A whale dives deep.'],
    )
  })

  for (const name of ['score_threshold', 'scoreThreshold']) {
    it(`leaves out what is below ${name}`, async () => {
      const { results } = await search(animals.id, { query: 'fox', ranking_options: { [name]: 0.2 } })
      assert.equal(results.length, 1)
    })
  }

  it('finds nothing in a store with nothing completed', async () => {
    assert.deepEqual((await search(empty.id, { query: 'fox' })).results, [])
  })

  for (const [title, body] of [
    [
      'null for every optional field',
      { max_num_results: null, filters: null, ranking_options: null, rewrite_query: null },
    ],
    ['unknown fields', { colour: 'red', ranking_options: { depth: 5 } }],
    ['every ranker', { ranking_options: { ranker: 'default-2024-11-15', score_threshold: 0 } }],
    ['weights', { ranking_options: { hybrid_search: { embedding_weight: 0, text_weight: 3 } } }],
    ['50 results', { max_num_results: 50 }],
    ['a filter of 8 levels', { filters: nestedFilter(8) }],
    ['a filter of 256 nodes', { filters: wideFilter(256) }],
    ['rewrite_query', { rewrite_query: true }],
  ] as const) {
    it(`takes ${title}`, async () => {
      assert.deepEqual((await search(animals.id, { query: 'fox', ...body })).search_query, ['fox'])
    })
  }

  for (const [title, query] of [
    ['8,192 characters', 'fox '.repeat(2048)],
    ['8,192 emoji', '😀'.repeat(8192)],
    ['control characters', '\u0001\u0002\u0003'],
    ['only stop words', 'the a of and'],
    ['a script without spaces', '狐狸跳过懒狗'],
    ['quotes and operators', '"fox" AND (NEAR* OR -dog) : ^'],
    ['spaces', '   '],
    ['a lone surrogate', 'fox\ud800'],
  ] as const) {
    it(`takes a query of ${title}`, async () => {
      assert.ok(Array.isArray((await search(animals.id, { query })).results))
    })
  }

  describe('refuses', () => {
    const assertRefusedField = (answer: Parameters<typeof assertError>[0], field: string) => {
      assertError(answer, 422, 'VALIDATION_ERROR')
      assert.equal(String(errorOf(answer).details.field).split(/[.[]/, 1)[0], field)
    }
    for (const [field, values] of Object.entries(BAD_SEARCH_FIELDS)) {
      for (const [title, value] of values) {
        it(`${field}: ${title}`, async () => {
          const body = { query: 'fox', [field]: value }
          assertRefusedField(await client.post(`/vector-stores/${animals.id}/search`, body), field)
          const several = { vector_store_ids: [animals.id], ...body }
          assertRefusedField(await client.post('/vector-stores/search', several), field)
        })
      }
    }
    for (const [title, value] of BAD_STORE_IDS) {
      it(`vector_store_ids: ${title}`, async () => {
        const body = { query: 'fox', vector_store_ids: value }
        assertRefusedField(await client.post('/vector-stores/search', body), 'vector_store_ids')
      })
    }
  })

  it('in an unknown store is 404', async () => {
    const body = { query: 'fox' }
    const one = await client.post(`/vector-stores/${UNKNOWN_STORE}/search`, body)
    const ids = { vector_store_ids: [animals.id, UNKNOWN_STORE] }
    const several = await client.post('/vector-stores/search', { ...body, ...ids })
    for (const answer of [one, several]) assertError(answer, 404, 'VECTOR_STORE_NOT_FOUND')
  })
})
