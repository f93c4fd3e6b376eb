import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { json } from '../api/exchange.ts'
import { eventually } from '../clients/eventually.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { assertError, send, sendOk, uploadText } from './exchange.ts'

interface Store {
  readonly id: string
  readonly object: string
  readonly status: string
  readonly name: string
  readonly description: string | null
  readonly created_at: number
  readonly last_active_at: number
  readonly expires_after: object | null
  readonly expires_at: number | null
  readonly metadata: object
  readonly file_counts: Readonly<Record<string, number>>
}

interface StoreFile {
  readonly id: string
  readonly status: string
  readonly attributes: object
  readonly last_error: { readonly code: string; readonly message: string } | null
  readonly chunking_strategy: object
  readonly vector_store_id: string
}

interface Batch {
  readonly id: string
  readonly object: string
  readonly status: string
  readonly file_counts: Readonly<Record<string, number>>
}

interface List<T> {
  readonly data: readonly T[]
  readonly first_id: string | null
  readonly last_id: string | null
  readonly has_more: boolean
}

interface Hits {
  readonly search_query: readonly string[]
  readonly data: readonly { readonly file_id: string; readonly score: number; readonly attributes: object }[]
}

const long = (length: number) => 'x'.repeat(length)
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 'v']))
const many = (count: number) => Array.from({ length: count }, (_, i) => `file-${i}`)
const sizes = (max: unknown, overlap: unknown) => ({
  type: 'static',
  static: { max_chunk_size_tokens: max, chunk_overlap_tokens: overlap },
})

type Refusal = readonly [body: unknown, code: string, param: string | null]

/** Refusals of values that several bodies have. */
const CHUNKING: readonly Refusal[] = [
  [{ chunking_strategy: 'auto' }, 'invalid_type', 'chunking_strategy'],
  [{ chunking_strategy: {} }, 'missing_required_parameter', 'chunking_strategy.type'],
  [{ chunking_strategy: { type: 'contextual' } }, 'invalid_value', 'chunking_strategy.type'],
  [{ chunking_strategy: { type: 'static' } }, 'missing_required_parameter', 'chunking_strategy.static'],
  [
    { chunking_strategy: sizes(99, 0) },
    'integer_below_min_value',
    'chunking_strategy.static.max_chunk_size_tokens',
  ],
  [
    { chunking_strategy: sizes(5000, 0) },
    'integer_above_max_value',
    'chunking_strategy.static.max_chunk_size_tokens',
  ],
  [{ chunking_strategy: sizes('9', 0) }, 'invalid_type', 'chunking_strategy.static.max_chunk_size_tokens'],
  [
    { chunking_strategy: sizes(800, 401) },
    'integer_above_max_value',
    'chunking_strategy.static.chunk_overlap_tokens',
  ],
  [
    { chunking_strategy: sizes(800, -1) },
    'integer_below_min_value',
    'chunking_strategy.static.chunk_overlap_tokens',
  ],
  [
    { chunking_strategy: sizes(800, null) },
    'missing_required_parameter',
    'chunking_strategy.static.chunk_overlap_tokens',
  ],
]
const ATTRIBUTES: readonly Refusal[] = [
  [{ attributes: 'x' }, 'invalid_type', 'attributes'],
  [{ attributes: pairs(17) }, 'invalid_value', 'attributes'],
  [{ attributes: { [long(65)]: 1 } }, 'string_above_max_length', `attributes.${long(64)}`],
  [{ attributes: { a: long(513) } }, 'string_above_max_length', 'attributes.a'],
  [{ attributes: { a: null } }, 'invalid_type', 'attributes.a'],
  [{ attributes: { a: [1] } }, 'invalid_type', 'attributes.a'],
]
const METADATA: readonly Refusal[] = [
  [{ metadata: [] }, 'invalid_type', 'metadata'],
  [{ metadata: pairs(17) }, 'invalid_value', 'metadata'],
  [{ metadata: { a: 1 } }, 'invalid_type', 'metadata.a'],
  [{ metadata: { a: long(513) } }, 'string_above_max_length', 'metadata.a'],
  [{ metadata: { [long(65)]: 'x' } }, 'string_above_max_length', `metadata.${long(64)}`],
]
const STORE: readonly Refusal[] = [
  [{ name: 1 }, 'invalid_type', 'name'],
  [{ name: long(257) }, 'string_above_max_length', 'name'],
  [{ name: 'a\u0000b' }, 'invalid_value', 'name'],
  [{ expires_after: 7 }, 'invalid_type', 'expires_after'],
  [{ expires_after: { days: 1 } }, 'missing_required_parameter', 'expires_after.anchor'],
  [{ expires_after: { anchor: 'created_at', days: 1 } }, 'invalid_value', 'expires_after.anchor'],
  [{ expires_after: { anchor: 'last_active_at' } }, 'missing_required_parameter', 'expires_after.days'],
  [{ expires_after: { anchor: 'last_active_at', days: 0 } }, 'integer_below_min_value', 'expires_after.days'],
  [
    { expires_after: { anchor: 'last_active_at', days: 366 } },
    'integer_above_max_value',
    'expires_after.days',
  ],
  ...METADATA,
]
const leaf = { type: 'eq', key: 'a', value: 1 }
const nested = (depth: number): object => (depth === 0 ? leaf : { type: 'and', filters: [nested(depth - 1)] })
const search = (rest: object): object => ({ query: 'x', ...rest })

/** Bodies by endpoint; `{store}` and `{file}` are ids that exist. */
const REFUSED: readonly (readonly [path: string, refusals: readonly Refusal[]])[] = [
  [
    '/vector_stores',
    [
      ...STORE,
      ...CHUNKING,
      [{ description: long(1025) }, 'string_above_max_length', 'description'],
      [{ description: 5 }, 'invalid_type', 'description'],
      [{ file_ids: 'file-1' }, 'invalid_type', 'file_ids'],
      [{ file_ids: [1] }, 'invalid_type', 'file_ids[0]'],
      [{ file_ids: ['a', null] }, 'missing_required_parameter', 'file_ids[1]'],
      [{ file_ids: ['a', 'file-\ud800'] }, 'invalid_value', 'file_ids[1]'],
      [{ file_ids: many(501) }, 'array_above_max_length', 'file_ids'],
    ],
  ],
  ['/vector_stores/{store}', STORE],
  [
    '/vector_stores/{store}/files',
    [
      [{}, 'missing_required_parameter', 'file_id'],
      [{ file_id: 1 }, 'invalid_type', 'file_id'],
      [{ file_id: '' }, 'invalid_value', 'file_id'],
      [{ file_id: long(129) }, 'string_above_max_length', 'file_id'],
      ...[...CHUNKING, ...ATTRIBUTES].map(
        ([body, code, param]): Refusal => [{ file_id: 'file-1', ...(body as object) }, code, param],
      ),
    ],
  ],
  ['/vector_stores/{store}/files/{file}', [[{}, 'missing_required_parameter', 'attributes'], ...ATTRIBUTES]],
  [
    '/vector_stores/{store}/file_batches',
    [
      [{}, 'missing_required_parameter', 'file_ids'],
      [{ file_ids: [], files: null }, 'invalid_value', 'file_ids'],
      [{ file_ids: many(2001) }, 'array_above_max_length', 'file_ids'],
      [{ file_ids: ['file-1'], files: [{ file_id: 'file-1' }] }, 'invalid_value', 'files'],
      [{ files: [] }, 'invalid_value', 'files'],
      [{ files: ['file-1'] }, 'invalid_type', 'files[0]'],
      [{ files: [{ file_id: 'a' }, {}] }, 'missing_required_parameter', 'files[1].file_id'],
      [{ files: [{ file_id: '\ud800' }] }, 'invalid_value', 'files[0].file_id'],
      [{ files: many(2001).map((file_id) => ({ file_id })) }, 'array_above_max_length', 'files'],
      [{ files: [{ file_id: 'a', attributes: { a: [] } }] }, 'invalid_type', 'files[0].attributes.a'],
      [
        { files: [{ file_id: 'a', chunking_strategy: { type: 'x' } }] },
        'invalid_value',
        'files[0].chunking_strategy.type',
      ],
      ...[...CHUNKING, ...ATTRIBUTES].map(
        ([body, code, param]): Refusal => [{ file_ids: ['file-1'], ...(body as object) }, code, param],
      ),
    ],
  ],
  [
    '/vector_stores/{store}/search',
    [
      [{}, 'missing_required_parameter', 'query'],
      [{ query: 1 }, 'invalid_type', 'query'],
      [{ query: '' }, 'invalid_value', 'query'],
      [{ query: long(8193) }, 'string_above_max_length', 'query'],
      [{ query: many(11) }, 'array_above_max_length', 'query'],
      [{ query: ['x', 1] }, 'invalid_type', 'query[1]'],
      [search({ max_num_results: 51 }), 'integer_above_max_value', 'max_num_results'],
      [search({ max_num_results: 0 }), 'integer_below_min_value', 'max_num_results'],
      [search({ max_num_results: 1.5 }), 'invalid_type', 'max_num_results'],
      [search({ filters: 'x' }), 'invalid_type', 'filters'],
      [search({ filters: { type: 'like', key: 'a', value: 'b' } }), 'invalid_value', 'filters.type'],
      [search({ filters: nested(9) }), 'invalid_value', `filters${'.filters[0]'.repeat(8)}`],
      [search({ filters: { type: 'or', filters: many(256).map(() => leaf) } }), 'invalid_value', 'filters'],
      [search({ filters: { type: 'gt', key: 'a', value: true } }), 'invalid_type', 'filters.value'],
      [search({ ranking_options: { ranker: 'x' } }), 'invalid_value', 'ranking_options.ranker'],
      [
        search({ ranking_options: { score_threshold: 2 } }),
        'integer_above_max_value',
        'ranking_options.score_threshold',
      ],
      [search({ rewrite_query: 1 }), 'invalid_type', 'rewrite_query'],
    ],
  ],
]

describe('vector stores of the OpenAI API', () => {
  let server: TestApp
  let store: Store
  let fileId: string

  before(async () => {
    server = await startApp({ env: { INDEX_WAIT_MS: '30000' } })
    fileId = await uploadText(server, 'The invoice of the gardener is due in May.', 'invoice.txt')
    store = await sendOk(server, 'POST', '/vector_stores', { body: { name: 'Docs', file_ids: [fileId] } })
  })
  after(() => server?.stop())

  const post = <T>(path: string, body?: unknown) => sendOk<T>(server, 'POST', path, { body })
  const get = <T>(path: string) => sendOk<T>(server, 'GET', path)
  const fill = (path: string) => path.replace('{store}', store.id).replace('{file}', fileId)

  for (const [path, refusals] of REFUSED) {
    for (const [index, [body, code, param]] of refusals.entries()) {
      it(`POST ${path} refuses ${param?.slice(0, 60)} with ${code} (${index})`, async () => {
        assertError(await send(server, 'POST', fill(path), { body }), 400, { code, param })
      })
    }
  }

  for (const path of ['/vector_stores', '/vector_stores/{store}/files']) {
    for (const [query, code, param] of [
      ['limit=0', 'integer_below_min_value', 'limit'],
      ['limit=101', 'integer_above_max_value', 'limit'],
      ['limit=ten', 'invalid_type', 'limit'],
      ['order=x', 'invalid_value', 'order'],
      ['after=vs_unknown', 'invalid_value', 'after'],
      ['before=vs_unknown', 'invalid_value', 'before'],
    ] as const) {
      it(`GET ${path}?${query} is refused`, async () => {
        assertError(await send(server, 'GET', `${fill(path)}?${query}`), 400, { code, param })
      })
    }
  }

  it('have all members, with the usual values', async () => {
    const { id, created_at, last_active_at, ...rest } = await post<Store>('/vector_stores')
    assert.match(id, /^vs_[0-9a-f]{32}$/)
    assert.ok(last_active_at >= created_at)
    assert.deepEqual(rest, {
      object: 'vector_store',
      name: '',
      description: null,
      usage_bytes: 0,
      file_counts: { in_progress: 0, completed: 0, failed: 0, cancelled: 0, total: 0 },
      status: 'completed',
      expires_after: null,
      expires_at: null,
      metadata: {},
    })
  })

  it('are active with every change, an empty one too', async () => {
    const { id } = await post<Store>('/vector_stores')
    const path = `/organizations/${server.organizationId}/vector-stores/${id}`
    const lastActive = async () => {
      const { data } = await sendOk<{ data: { last_active_at: string } }>(server, 'GET', path)
      return Date.parse(data.last_active_at)
    }
    const created = await lastActive()
    await eventually('the time goes on', () => Date.now() > created)
    await post<Store>(`/vector_stores/${id}`, {})
    assert.ok((await lastActive()) > created)
  })

  it('take null for absent, ignore unknown members, and change', async () => {
    const nulls = { name: null, description: null, file_ids: null, chunking_strategy: null, metadata: null }
    const created = await post<Store>('/vector_stores', {
      ...nulls,
      expires_after: null,
      extra_body: { a: 1 },
    })
    const expiry = { anchor: 'last_active_at', days: 7 }
    const path = `/vector_stores/${created.id}`
    const changed = await post<Store>(path, { name: 'N', metadata: { a: 'b' }, expires_after: expiry })
    assert.deepEqual([changed.name, changed.metadata, changed.expires_after], ['N', { a: 'b' }, expiry])
    assert.equal(changed.expires_at, changed.last_active_at + 7 * 86_400)
    const same = await post<Store>(path, { name: null, metadata: null })
    assert.deepEqual([same.name, same.metadata, same.expires_after], ['N', { a: 'b' }, expiry])
    const endless = await post<Store>(path, { expires_after: null })
    assert.deepEqual([endless.expires_after, endless.expires_at, endless.name], [null, null, 'N'])
    const deleted = { id: created.id, object: 'vector_store.deleted', deleted: true }
    assert.deepEqual(await sendOk(server, 'DELETE', path), deleted)
    const gone = assertError(await send(server, 'GET', path), 404, { code: null })
    assert.ok(gone.message.includes(created.id))
  })

  it('are listed from cursors in both directions, also deleted ones', async () => {
    const ids: string[] = []
    for (let index = 0; index < 5; index++) ids.push((await post<Store>('/vector_stores')).id)
    const list = async (query: string) => {
      const { data, has_more } = await get<List<Store>>(`/vector_stores?${query}`)
      return [data.map(({ id }) => id), has_more]
    }
    assert.deepEqual(await list('limit=2'), [[ids[4], ids[3]], true])
    assert.deepEqual(await list(`limit=2&after=${ids[3]}`), [[ids[2], ids[1]], true])
    assert.deepEqual(await list(`order=asc&after=${ids[3]}`), [[ids[4]], false])
    assert.deepEqual((await list(`limit=2&before=${ids[3]}`))[0], [ids[4]])
    await sendOk(server, 'DELETE', `/vector_stores/${ids[3]}`)
    assert.deepEqual((await list(`limit=1&after=${ids[3]}`))[0], [ids[2]])
  })

  it('index a file at once, and find it', async () => {
    const path = `/vector_stores/${store.id}`
    const indexed = await get<Store>(path)
    assert.deepEqual([indexed.status, indexed.file_counts.completed], ['completed', 1])
    const answer = await send(server, 'GET', `${path}/files/${fileId}`)
    const file = json<StoreFile>(answer)
    assert.deepEqual(
      [file.id, file.status, file.last_error, file.attributes],
      [fileId, 'completed', null, {}],
    )
    assert.deepEqual(file.chunking_strategy, sizes(800, 400))
    assert.equal(answer.headers['openai-poll-after-ms'], undefined)
    const content = await get<List<{ text: string }> & { next_page: null }>(`${path}/files/${fileId}/content`)
    assert.equal(
      content.data
        .map(({ text }) => text)
        .join('')
        .trim(),
      'The invoice of the gardener is due in May.',
    )
    assert.equal(content.next_page, null)
    const hits = await post<Hits>(`${path}/search`, {
      query: 'gardener invoice',
      ranking_options: { scoreThreshold: 0 },
    })
    assert.deepEqual([hits.search_query, hits.data[0]?.file_id], [['gardener invoice'], fileId])
  })

  it('replace attributes that searches filter by', async () => {
    const path = `/vector_stores/${store.id}`
    const found = async (value: unknown) => {
      const filters = { type: 'eq', key: 'year', value }
      return (await post<Hits>(`${path}/search`, { query: 'invoice', filters })).data.length
    }
    const changed = await post<StoreFile>(`${path}/files/${fileId}`, { attributes: { year: 2026, a: true } })
    assert.deepEqual(changed.attributes, { year: 2026, a: true })
    assert.deepEqual([await found(2026), await found('2026')], [1, 0])
    assert.deepEqual((await post<StoreFile>(`${path}/files/${fileId}`, { attributes: null })).attributes, {})
    assert.equal(await found(2026), 0)
  })

  it('say when to ask for a file in progress again, and make failed entries of files that do not exist', async () => {
    const unknown = 'file-0198f3a2b4c17d3e8f90a1b2c3d4e5f6'
    const path = `/vector_stores/${store.id}`
    assertError(await send(server, 'POST', `${path}/files`, { body: { file_id: unknown } }), 404, {
      param: 'file_id',
      message: `No such File object: ${unknown}`,
    })
    const other = await uploadText(server, 'second text')
    const batch = await post<Batch>(`${path}/file_batches`, { file_ids: [other, unknown, other] })
    assert.match(batch.id, /^vsfb_/)
    assert.deepEqual([batch.object, batch.status], ['vector_store.files_batch', 'completed'])
    const counts = { in_progress: 0, completed: 1, failed: 1, cancelled: 0, total: 2 }
    assert.deepEqual(batch.file_counts, counts)
    assert.deepEqual(await get(`${path}/file_batches/${batch.id}`), batch)
    const failed = await get<List<StoreFile>>(`${path}/file_batches/${batch.id}/files?filter=failed`)
    assert.deepEqual(
      failed.data.map(({ id, last_error }) => [id, last_error?.code]),
      [[unknown, 'invalid_file']],
    )
    assert.equal(
      (await post<Batch>(`${path}/file_batches/${batch.id}/cancel`)).object,
      'vector_store.files_batch',
    )
    assertError(await send(server, 'GET', `${path}/files?filter=pending`), 400, {
      code: 'invalid_value',
      param: 'filter',
    })
  })

  it('lose a removed file at once, and a deleted File everywhere', async () => {
    const path = `/vector_stores/${store.id}`
    const id = await uploadText(server, 'zebra crossing')
    await post(`${path}/files`, { file_id: id.replace('file-', 'file_') })
    const found = async () => {
      const { data } = await post<Hits>(`${path}/search`, { query: 'zebra' })
      return data.some(({ file_id }) => file_id === id)
    }
    assert.equal(await found(), true)
    const removed = { id, object: 'vector_store.file.deleted', deleted: true }
    assert.deepEqual(await sendOk(server, 'DELETE', `${path}/files/${id}`), removed)
    assert.equal(await found(), false)
    assertError(await send(server, 'GET', `${path}/files/${id}`), 404)
    const after = await send(server, 'GET', `${path}/files?after=${id}`)
    assert.equal(after.status, 200, after.bytes.toString())
    await post(`${path}/files`, { file_id: id })
    assert.equal(await found(), true)
    await sendOk(server, 'DELETE', `/files/${id}`)
    assert.equal(await found(), false)
    assertError(await send(server, 'GET', `${path}/files/${id}`), 404)
  })

  it('count the bytes of the text once, although its chunks overlap', async () => {
    const text = Array.from({ length: 400 }, (_, index) => `Größe ${index}`).join(' ')
    const file_id = await uploadText(server, text)
    const { id } = await post<Store>('/vector_stores')
    const path = `/vector_stores/${id}`
    await post(`${path}/files`, { file_id, chunking_strategy: sizes(100, 50) })
    const { usage_bytes } = await get<{ usage_bytes: number }>(path)
    assert.equal(usage_bytes, Buffer.byteLength(text))
  })

  it('can only be read and deleted once they have expired', async () => {
    const expires_after = { anchor: 'last_active_at', days: 1 }
    const { id } = await post<Store>('/vector_stores', { expires_after, file_ids: [fileId] })
    const path = `/vector_stores/${id}`
    const { expireStores } = server.context.database.vectorStores.indexing
    assert.deepEqual(await expireStores(Date.now() + 25 * 60 * 60 * 1000, 10), [id])
    const { status, file_counts } = await get<Store>(path)
    assert.deepEqual([status, file_counts.total], ['expired', 0])
    for (const [suffix, body] of [
      ['', { name: 'Again' }],
      ['', { expires_after: null }],
      ['/files', { file_id: fileId }],
      ['/file_batches', { file_ids: [fileId] }],
      ['/search', { query: 'invoice' }],
    ] as const)
      assertError(await send(server, 'POST', `${path}${suffix}`, { body }), 400, {
        code: 'vector_store_expired',
      })
    await sendOk(server, 'DELETE', path)
  })

  it('accept every legal option of a search', async () => {
    const body = {
      query: ['invoice', '的 発票', '\u0001\u0002', 'the of and'],
      max_num_results: 50,
      filters: nested(8),
      ranking_options: {
        ranker: 'default-2024-11-15',
        score_threshold: 0.5,
        hybrid_search: { embedding_weight: 1, text_weight: 0 },
      },
      rewrite_query: true,
    }
    assert.equal((await post<Hits>(`/vector_stores/${store.id}/search`, body)).data.length, 0)
  })

  it('keep unusual texts and numbers', async () => {
    const metadata = { 'ключ 💡': 'значение', '"': '\\' }
    const attributes = {
      constructor: 'x',
      pi: 3.25,
      big: 1e300,
      'a.b': '\u2028',
      no: false,
      lone: '\ud800',
    }
    const made = await post<Store>('/vector_stores', { name: '名前 \ud800', metadata })
    assert.deepEqual(made.metadata, metadata)
    await post(`/vector_stores/${made.id}/files`, { file_id: fileId, attributes })
    const file = await get<StoreFile>(`/vector_stores/${made.id}/files/${fileId}`)
    assert.deepEqual({ ...file.attributes, lone: '' }, { ...attributes, lone: '' })
    const query = ['\ud800', '\u0007', '💡', '.'.repeat(8192)]
    const filters = { type: 'ne', key: 'pi', value: 3 }
    const { data } = await post<Hits>(`/vector_stores/${made.id}/search`, { query, filters })
    assert.equal(data.length, 1)
  })

  it('take 2,000 files with attributes in one batch', async () => {
    const files = Array.from({ length: 2000 }, (_, index) => ({
      file_id: `file-${index}`,
      attributes: { text: long(512), index },
    }))
    const { id } = await post<Store>('/vector_stores')
    const batch = await post<Batch>(`/vector_stores/${id}/file_batches`, { files })
    assert.equal(batch.file_counts.failed, 2000)
    const seen = await get<List<StoreFile>>(`/vector_stores/${id}/files?limit=100&filter=failed`)
    assert.deepEqual([seen.data.length, seen.has_more], [100, true])
  })

  it('send the poll hint and no text while a file is in progress', async () => {
    const idle = await startApp({ env: { INDEX_WAIT_MS: '0' } })
    try {
      const id = await uploadText(idle, 'x '.repeat(200_000))
      const { id: storeId } = await sendOk<Store>(idle, 'POST', '/vector_stores', { body: {} })
      const answer = await send(idle, 'POST', `/vector_stores/${storeId}/files`, { body: { file_id: id } })
      assert.equal(json<StoreFile>(answer).status, 'in_progress')
      assert.equal(answer.headers['openai-poll-after-ms'], '500')
      await eventually('the file is indexed', async () => {
        const { status } = await sendOk<StoreFile>(idle, 'GET', `/vector_stores/${storeId}/files/${id}`)
        return status === 'completed'
      })
      const path = `/vector_stores/${storeId}/files`
      const content = () => sendOk<List<object>>(idle, 'GET', `${path}/${id}/content`)
      assert.equal((await content()).data.length, 1)
      await send(idle, 'POST', path, { body: { file_id: id, chunking_strategy: sizes(100, 50) } })
      assert.deepEqual((await content()).data, [])
    } finally {
      await idle.stop()
    }
  })
})
