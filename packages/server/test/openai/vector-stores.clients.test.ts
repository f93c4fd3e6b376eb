import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type OpenAI from 'openai'
import { startApp, type TestApp } from '../start-app.ts'
import { STOCK_CLIENTS } from './stock-clients.ts'

/** `vectorStores`, which the client of version 4 has at `vectorStores` too, and earlier ones below `beta`. */
const storesOf = (client: OpenAI) => client.vectorStores

type Page<T> = AsyncIterable<T> & { readonly data: readonly T[] }

async function idsOf(list: Promise<unknown>): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of (await list) as Page<{ id: string }>) ids.push(id)
  return ids
}

describe('vector stores with the stock client', () => {
  let server: TestApp
  before(async () => {
    server = await startApp({ env: { INDEX_WAIT_MS: '0' } })
  })
  after(() => server?.stop())

  for (const { name, create, toFile } of STOCK_CLIENTS) {
    describe(name, () => {
      const isFour = name === 'openai 4'
      let client: OpenAI
      let stores: OpenAI['vectorStores']
      let storeId: string

      before(async () => {
        client = create({ apiKey: server.apiKey, baseURL: `${server.url}/v1` })
        stores = storesOf(client)
        storeId = (await stores.create({ name: 'Notes', metadata: { team: 'a' } })).id
      })

      const textFile = (text: string, filename: string) => toFile(Buffer.from(text), filename)
      const upload = async (text: string, filename = 'note.txt') =>
        (await client.files.create({ file: await textFile(text, filename), purpose: 'assistants' })).id
      const search = async (query: string, rest: object = {}) =>
        (await stores.search(storeId, { query, ...rest }))
          .data as OpenAI.VectorStores.VectorStoreSearchResponse[]

      /** Calls a method of two ids, whose order and form changed in version 5. */
      const ofFile = <T>(
        method: 'retrieve' | 'content' | 'del' | 'update',
        fileId: string,
        body?: object,
      ): Promise<T> => {
        const files = stores.files as unknown as Record<string, (...values: unknown[]) => Promise<T>>
        const call = files[method === 'del' && !isFour ? 'delete' : method] ?? assert.fail(method)
        return isFour
          ? call.call(files, storeId, fileId, ...(body ? [body] : []))
          : call.call(files, fileId, { vector_store_id: storeId, ...body })
      }

      it('creates, changes, lists and deletes stores', async () => {
        const expires_after = { anchor: 'last_active_at', days: 3 } as const
        const made = await stores.create({ expires_after })
        assert.equal(made.expires_at, (made.last_active_at ?? 0) + 3 * 86_400)
        const changed = await stores.update(made.id, {
          name: 'Renamed',
          metadata: { a: 'b' },
          expires_after: null,
        })
        assert.deepEqual(
          [changed.name, changed.metadata, changed.expires_after],
          ['Renamed', { a: 'b' }, null],
        )
        assert.deepEqual(await stores.retrieve(made.id), changed)
        assert.ok((await idsOf(stores.list({ limit: 1 }) as never)).includes(made.id))
        const calls = stores as unknown as Record<string, (id: string) => Promise<{ deleted: boolean }>>
        const remove = (isFour ? calls.del : calls.delete) ?? assert.fail('no method deletes stores')
        assert.equal((await remove.call(stores, made.id)).deleted, true)
        await assert.rejects(stores.retrieve(made.id), { status: 404 })
      })

      it('uploads, indexes and finds a file with its polling helper', async () => {
        const file = await stores.files.uploadAndPoll(
          storeId,
          await textFile('The llama eats hay.', 'llama.txt'),
        )
        assert.equal(file.status, 'completed')
        assert.match(file.id, /^file-/)
        const [hit] = await search('what does the llama eat')
        assert.deepEqual([hit?.file_id, hit?.filename, hit?.attributes], [file.id, 'llama.txt', {}])
        assert.match(hit?.content[0]?.text ?? '', /llama/)
        assert.ok((hit?.score ?? 0) > 0 && (hit?.score ?? 2) <= 1)
      })

      it('adds a file with attributes, and filters by them', async () => {
        const fileId = await upload('The zebra sleeps.')
        const attributes = { year: 2026, draft: false, kind: 'animal' }
        const file = await stores.files.createAndPoll(storeId, { file_id: fileId, attributes } as never)
        assert.deepEqual([file.status, file.attributes], ['completed', attributes])
        const filters = {
          type: 'and',
          filters: [
            { type: 'gte', key: 'year', value: 2026 },
            { type: 'eq', key: 'kind', value: 'animal' },
          ],
        }
        assert.deepEqual(
          (await search('zebra', { filters })).map((hit) => hit.file_id),
          [fileId],
        )
        await ofFile('update', fileId, { attributes: { kind: 'plant' } })
        assert.deepEqual(await search('zebra', { filters }), [])
        assert.equal((await ofFile<{ id: string }>('retrieve', fileId)).id, fileId)
        const parts: string[] = []
        for await (const { text } of (await ofFile('content', fileId)) as Page<{ text: string }>)
          parts.push(text)
        assert.equal(parts.join('').trim(), 'The zebra sleeps.')
      })

      it('adds files in batches with its polling helpers', async () => {
        const ids = await Promise.all(['one bat', 'two bats', 'three bats'].map((text) => upload(text)))
        const batch = await stores.fileBatches.createAndPoll(storeId, {
          file_ids: [...ids, 'file-unknown'],
          attributes: { group: 'bats' },
        } as never)
        assert.deepEqual(
          [batch.status, batch.file_counts.completed, batch.file_counts.failed],
          ['completed', 3, 1],
        )
        const uploaded = await stores.fileBatches.uploadAndPoll(storeId, {
          files: [await textFile('four cats', 'cats.txt'), await textFile('five cats', 'more.txt')],
        })
        assert.deepEqual([uploaded.status, uploaded.file_counts.completed], ['completed', 2])
        const found = await search('bats', { filters: { type: 'in', key: 'group', value: ['bats'] } })
        assert.deepEqual(found.map((hit) => hit.file_id).sort(), [...ids].sort())
      })

      it('removes each file while it iterates over pages of them', async () => {
        const own = (await stores.create({})).id
        const ids = await Promise.all([1, 2, 3, 4, 5].map((index) => upload(`note ${index}`)))
        await stores.fileBatches.createAndPoll(own, { file_ids: ids })
        const seen: string[] = []
        const files = stores.files as unknown as Record<string, (...values: unknown[]) => Promise<unknown>>
        for await (const { id } of stores.files.list(own, { limit: 2, order: 'asc' })) {
          seen.push(id)
          if (isFour) await files.del?.(own, id)
          else await files.delete?.(id, { vector_store_id: own })
        }
        assert.deepEqual(seen.sort(), [...ids].sort())
        assert.deepEqual(await idsOf(stores.files.list(own) as never), [])
      })

      it('attaches ten files at once without losing one', async () => {
        const own = (await stores.create({})).id
        const ids = await Promise.all(Array.from({ length: 10 }, (_, index) => upload(`parallel ${index}`)))
        await Promise.all(ids.map((file_id) => stores.files.createAndPoll(own, { file_id })))
        const store = await stores.retrieve(own)
        assert.deepEqual([store.file_counts.completed, store.file_counts.total], [10, 10])
      })

      it('gets refusals with the place of the value', async () => {
        const chunking_strategy = {
          type: 'static',
          static: { max_chunk_size_tokens: 10, chunk_overlap_tokens: 0 },
        } as const
        await assert.rejects(stores.create({ chunking_strategy, file_ids: ['file-1'] }), {
          status: 400,
          code: 'integer_below_min_value',
          param: 'chunking_strategy.static.max_chunk_size_tokens',
        })
        await assert.rejects(stores.files.create(storeId, { file_id: 'file-unknown' }), {
          status: 404,
          param: 'file_id',
        })
        await assert.rejects(client.batches.list(), { status: 404, code: 'unsupported_endpoint' })
      })
    })
  }
})
