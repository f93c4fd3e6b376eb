import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { NotFoundError, ValidationError, type Waybill } from '../src/waybill.ts'
import { inTurn } from './faulty-proxy.ts'
import { startService, type TestService } from './start-service.ts'

const POLL_MS = 20

describe('vector stores of the client', () => {
  let service: TestService
  let client: Waybill
  before(async () => {
    service = await startService()
    client = service.client()
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
    const list: Item[] = []
    for await (const item of items) list.push(item)
    return list
  }
  const upload = async (text: string) =>
    (await client.files.upload(new Blob([text]), { filename: 'note.txt', mimeType: 'text/plain' })).id
  const index = async (storeId: string, text: string, attributes = {}) =>
    client.vectorStores.files.addAndWait(storeId, await upload(text), { attributes, pollMs: POLL_MS })

  it('creates, reads, changes and deletes a store', async () => {
    const { id } = await client.vectorStores.create({ name: 'Before', metadata: { a: '1' } })
    const changed = await client.vectorStores.update(id, { name: 'After', metadata: null })
    assert.deepEqual([changed.name, changed.metadata], ['After', {}])
    assert.deepEqual(await client.vectorStores.get(id), changed)
    await client.vectorStores.delete(id)
    await assert.rejects(client.vectorStores.get(id), NotFoundError)
  })

  for (const query of [{}, { sort: 'name' }] as const) {
    it(`lists every store once, page by page, with ${JSON.stringify(query)}`, async () => {
      const made = new Set<string>()
      for (const name of ['a', 'b', 'c', 'd', 'e']) made.add((await client.vectorStores.create({ name })).id)
      const ids = (await all(client.vectorStores.list({ ...query, take: 2 }))).map(({ id }) => id)
      assert.equal(new Set(ids).size, ids.length)
      assert.ok(ids.filter((id) => made.has(id)).length === made.size)
      for (const id of made) await client.vectorStores.delete(id)
    })
  }

  it('adds a file and waits for it', async () => {
    const { id } = await client.vectorStores.create({ name: 'Wait' })
    const seen: string[] = []
    const file = await client.vectorStores.files.addAndWait(id, await upload('a fox'), {
      attributes: { year: 2026 },
      pollMs: POLL_MS,
      onProgress: ({ status }) => seen.push(status),
    })
    assert.deepEqual(
      [file.processing_status, file.chunk_count, file.attributes],
      ['completed', 1, { year: 2026 }],
    )
    assert.equal(seen.at(-1), 'completed')
    assert.equal((await client.vectorStores.usage()).total_files, 1)
  })

  it('resolves with the reason when a file cannot be indexed', async () => {
    const { id } = await client.vectorStores.create({ name: 'Broken' })
    const bytes = new Blob(['%PDF-1.7\nbroken'])
    const pdf = await client.files.upload(bytes, { filename: 'a.pdf', mimeType: 'application/pdf' })
    const file = await client.vectorStores.files.addAndWait(id, pdf.id, { pollMs: POLL_MS })
    assert.equal(file.processing_status, 'failed')
    assert.notEqual(file.error_message ?? '', '')
    const status = await client.vectorStores.files.retry(id, pdf.id)
    assert.equal(status.vector_store_file_id, file.id)
  })

  it('stops waiting when it is aborted', async () => {
    const { id } = await client.vectorStores.create({ name: 'Aborted' })
    const stop = new AbortController()
    const options = { signal: stop.signal, pollMs: 60_000, onProgress: () => stop.abort(new Error('enough')) }
    const bytes = new Blob(['%PDF-1.7\nbroken'])
    const pdf = await client.files.upload(bytes, { filename: 'a.pdf', mimeType: 'application/pdf' })
    await assert.rejects(client.vectorStores.files.addAndWait(id, pdf.id, options), /enough/)
  })

  it('lists, changes, follows and removes files of a store', async () => {
    const { id } = await client.vectorStores.create({ name: 'Files' })
    const files = []
    for (const text of ['one', 'two', 'three']) files.unshift(await index(id, text))
    const listed = await all(client.vectorStores.files.list(id, { page_size: 2 }))
    assert.deepEqual(
      listed.map((file) => file.id),
      files.map((file) => file.id),
    )
    const [first] = files
    assert.ok(first)
    const { files: calls } = client.vectorStores
    const changed = await calls.update(id, first.file_id, { attributes: { a: true } })
    assert.deepEqual(changed.attributes, { a: true })
    assert.equal((await calls.get(id, first.id)).file_id, first.file_id)
    assert.equal((await calls.status(id, first.id)).progress_percent, 100)
    assert.ok((await calls.logs(id, first.id)).entries.length > 0)
    await calls.remove(id, first.file_id)
    await assert.rejects(calls.get(id, first.file_id), NotFoundError)
  })

  it('searches one store, and several', async () => {
    const animals = await client.vectorStores.create({ name: 'Animals' })
    const plants = await client.vectorStores.create({ name: 'Plants' })
    await index(animals.id, 'A fox runs.', { year: 2025 })
    await index(plants.id, 'An oak stands.', { year: 2026 })
    const { results, search_query } = await client.vectorStores.search(animals.id, { query: 'fox' })
    assert.deepEqual([results[0]?.text, search_query], ['A fox runs.', ['fox']])
    const both = await client.vectorStores.searchAll([animals.id, plants.id], {
      query: 'fox oak',
      filters: { type: 'eq', key: 'year', value: 2026 },
    })
    assert.deepEqual(
      both.results.map(({ text }) => text),
      ['An oak stands.'],
    )
    await assert.rejects(client.vectorStores.search(animals.id, { query: '' }), ValidationError)
  })

  it('repeats a deletion whose answer was lost', async () => {
    const { id } = await client.vectorStores.create({ name: 'Lost' })
    service.proxy.setFault(inTurn(({ method }) => method === 'DELETE', [{ kind: 'lose-answer' }]))
    await client.vectorStores.delete(id)
    await assert.rejects(client.vectorStores.get(id), NotFoundError)
  })
})
