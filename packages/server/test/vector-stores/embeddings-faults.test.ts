import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Client, createClient, textFile } from '../api/client.ts'
import {
  addText,
  createStore,
  dataOf,
  type SearchResults,
  type StoreObject,
  settled,
} from '../api/vector-store-bodies.ts'
import { startApp, type TestApp } from '../start-app.ts'
import {
  bodyOf,
  type EmbeddingsAnswer,
  type EmbeddingsServer,
  startEmbeddingsServer,
  vector,
  vectorsOf,
} from './embeddings-server.ts'

const right = vectorsOf()

/** Answers that no vectors can be taken from. */
const FAULTS: Readonly<Record<string, EmbeddingsAnswer>> = {
  'that never answers': () => null,
  'that answers 429': () => ({ status: 429, body: '' }),
  'that answers 500': () => ({ status: 500, body: 'a\0b' }),
  'that refuses the key': () => ({ status: 401, body: '{}' }),
  'that answers no JSON': () => ({ status: 200, body: '<html>' }),
  'that returns half the vectors': (count) => right(Math.floor(count / 2)),
  'that returns numbers that are none': (count) => ({
    status: 200,
    body: bodyOf(Array.from({ length: count }, () => [1, null])),
  }),
  'that returns vectors of different dimensions': (count) => ({
    status: 200,
    body: bodyOf(Array.from({ length: count }, (_, row) => vector(row, row + 1))),
  }),
}

/** At least two chunks. */
const TEXT = 'The lighthouse keeper counts the ships.\n'.repeat(40)
const CHUNKING = {
  chunking_strategy: { type: 'static', static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 0 } },
}

describe('indexing with an embeddings server', () => {
  let embeddings: EmbeddingsServer
  let server: TestApp
  let client: Client
  let store: StoreObject

  before(async () => {
    embeddings = await startEmbeddingsServer()
    const env = { ...embeddings.env, INDEX_WAIT_MS: '0', INDEX_DEADLINE_SECONDS: '3', INDEX_CONCURRENCY: '8' }
    server = await startApp({ env })
    client = createClient(server)
    store = await createStore(client)
  })
  after(async () => {
    await server?.stop()
    await embeddings?.close()
  })

  const search = async (query: string) =>
    dataOf<SearchResults>(await client.post(`/vector-stores/${store.id}/search`, { query })).results

  for (const [name, fault] of Object.entries(FAULTS)) {
    it(`${name} fails the file at the deadline, while uploads and other searches go on`, async () => {
      embeddings.answer(fault)
      const added = await addText(client, store.id, TEXT, CHUNKING)
      const uploaded = await client.uploadFile(textFile('other.txt', 'free of faults'))
      assert.match(uploaded.id, /^file_/)
      const file = await settled(client, added)
      assert.deepEqual(
        [file.processing_status, file.error_code, file.chunk_count],
        ['failed', 'server_error', 0],
      )
      assert.match(String(file.error_message), /Try it again later/)
      embeddings.answer(right)
      assert.deepEqual(await search('lighthouse'), [])
    })
  }

  it('completes the file when the server recovers', async () => {
    for (const fault of [FAULTS['that answers 500'], FAULTS['that returns half the vectors']]) {
      let isFirst = true
      embeddings.answer((count) => {
        const answer = isFirst && fault ? fault(count) : right(count)
        isFirst = false
        return answer
      })
      const file = await settled(client, await addText(client, store.id, TEXT, CHUNKING))
      assert.deepEqual([file.processing_status, file.error_message], ['completed', null])
      assert.ok(file.chunk_count > 1)
      const found = (await search('lighthouse')).filter(({ file_id }) => file_id === file.file_id)
      assert.equal(new Set(found.map(({ chunk_id }) => chunk_id)).size, file.chunk_count)
      await client.send('DELETE', `/vector-stores/${store.id}/files/${file.file_id}`)
    }
  })

  it('finds files with vectors of other dimensions by their words', async () => {
    for (const [dimensions, word] of [
      [16, 'albatross'],
      [8, 'barnacle'],
    ] as const) {
      embeddings.answer(vectorsOf(dimensions))
      const file = await settled(client, await addText(client, store.id, `One ${word} is here.`))
      assert.equal(file.processing_status, 'completed')
    }
    for (const word of ['albatross', 'barnacle']) {
      const [first] = await search(word)
      assert.match(String(first?.text), new RegExp(word))
    }
  })
})
