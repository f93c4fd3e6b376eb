import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { type Client, createClient, textFile } from '../api/client.ts'
import {
  addText,
  createStore,
  dataOf,
  indexText,
  type SearchResults,
  type StoreFileObject,
  type StoreObject,
  settled,
} from '../api/vector-store-bodies.ts'
import { MIB } from '../clients/random-file.ts'
import { startServer, type TestServer } from '../start-server.ts'
import {
  type EmbeddingsServer,
  startEmbeddingsServer,
  vectorsOf,
} from '../vector-stores/embeddings-server.ts'
import { mountSmallDisk } from './small-disk.ts'

const disk = mountSmallDisk(64 * MIB)
const TEXT = 'The lighthouse keeper counts the ships.\n'.repeat(400)

describe('a disk that fills up while files are indexed', { skip: typeof disk === 'string' && disk }, () => {
  if (typeof disk === 'string') return
  let embeddings: EmbeddingsServer

  before(async () => {
    embeddings = await startEmbeddingsServer()
  })
  // A failed test must not leave a full disk to the next one.
  afterEach(() => disk.empty())
  after(async () => {
    await embeddings?.close()
    disk.unmount()
  })

  const start = async (env: Record<string, string>, dataDir?: string) => {
    const server = await startServer({ env, ...(dataDir !== undefined && { dataDir }) })
    const client = createClient(server)
    return { server, client, store: await createStore(client) }
  }
  const search = (client: Client, { id }: StoreObject) =>
    client.post(`/vector-stores/${id}/search`, { query: 'lighthouse' })
  /** The client of the API refuses answers of 500 and more. */
  const searchStatus = async (server: TestServer, { id }: StoreObject) => {
    const answer = await fetch(`${server.baseUrl}/vector-stores/${id}/search`, {
      method: 'POST',
      headers: { 'x-api-key': server.apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'lighthouse' }),
    })
    return answer.status
  }
  const health = async (server: TestServer) => (await fetch(`${server.url}/v1/health`)).status

  it('with the database fails the file and says why, and completes it after space was freed', async (test) => {
    // The fourth of the attempts begins after 24 s and the time that they take; the fifth would not begin before 42 s.
    const env = { ...embeddings.env, INDEX_WAIT_MS: '0', INDEX_DEADLINE_SECONDS: '40' }
    const { server, client, store } = await start(env, disk.path)
    test.after(() => server.stop())
    const right = vectorsOf()
    embeddings.answer(async (count) => {
      await disk.fill(0)
      return right(count)
    })
    const added = await addText(client, store.id, TEXT)
    const failed = await settled(client, added)
    assert.deepEqual([failed.processing_status, failed.error_code], ['failed', 'server_error'])
    assert.match(String(failed.error_message), /no space left.*freed space/)
    assert.equal(await health(server), 200)
    assert.equal((await client.send('DELETE', `/files/${added.file_id}`)).status, 204)
    await disk.empty()
    embeddings.answer(right)
    await indexText(client, store.id, TEXT)
    assert.ok(dataOf<SearchResults>(await search(client, store)).results.length > 0)
  })

  it('with the index completes the file, and searches find it after space was freed', async (test) => {
    const { server, client, store } = await start({ INDEX_DIR: join(disk.path, 'indexes') })
    test.after(() => server.stop())
    await disk.fill(0)
    await indexText(client, store.id, TEXT)
    assert.equal(await searchStatus(server, store), 507)
    assert.equal(await health(server), 200)
    const { id } = await client.uploadFile(textFile('other.txt', 'free of faults'))
    const added = await client.post(`/vector-stores/${store.id}/files`, { file_id: id })
    await settled(client, dataOf<StoreFileObject>(added, 201))
    await disk.empty()
    const { results } = dataOf<SearchResults>(await search(client, store))
    assert.ok(results.some(({ text }) => text.includes('lighthouse')))
  })
})
