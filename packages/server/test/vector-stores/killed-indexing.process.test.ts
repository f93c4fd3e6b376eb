import assert from 'node:assert/strict'
import { open, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from '../api/client.ts'
import {
  addText,
  createStore,
  dataOf,
  type SearchResults,
  type StoreFileObject,
  type StoreObject,
  settled,
} from '../api/vector-store-bodies.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { type EmbeddingsServer, startEmbeddingsServer, vectorsOf } from './embeddings-server.ts'

/**
 * Kills of each kind at random moments. None in the short mode: after each kill the leases of its tasks have to end, which
 * takes half a minute. The kills at fault points are there.
 */
const ROUNDS = Number(process.env.INDEXING_KILLS ?? 0)
const DIMENSIONS = 512
const CHUNKS = 100
const CHUNKING = {
  chunking_strategy: { type: 'static', static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 0 } },
}
/** Longest time from the last vectors to the completion, at which a kill hits the steps in between. */
const STORING_MS = 60

/** Overwrites a file in place. */
async function overwrite(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  const { size } = await file.stat()
  await file.write(Buffer.alloc(size, 0xa5), 0, size, 0)
}

const empty = (path: string) => writeFile(path, '')

const textOf = (word: string) =>
  Array.from(
    { length: CHUNKS },
    (_, line) => `${word} ${'sails past the old harbour '.repeat(16)} ${line}.`,
  ).join('\n')

describe('a server that is killed while it indexes', () => {
  let embeddings: EmbeddingsServer
  let server: TestServer
  let store: StoreObject
  const client = () => createClient(server)
  const files = new Map<string, StoreFileObject>()

  before(async () => {
    embeddings = await startEmbeddingsServer()
    server = await startServer({ env: { ...embeddings.env, INDEX_WAIT_MS: '0' } })
    store = await createStore(client())
  })
  after(async () => {
    await server?.stop()
    await embeddings?.close()
  })

  const search = async (query: string, storeId = store.id) => {
    const body = { query, max_num_results: 50 }
    return dataOf<SearchResults>(await client().post(`/vector-stores/${storeId}/search`, body)).results
  }
  const add = async (word: string) => {
    const added = await addText(client(), store.id, textOf(word), CHUNKING)
    files.set(word, added)
    return added
  }
  const killAndRestart = async () => {
    await server.kill('SIGKILL')
    server = await server.restart()
  }

  /** Kills the server when it has sent so many requests for vectors, before or after their answer. */
  const killAtRequest = async (word: string, number: number, afterAnswerMs: number | null) => {
    const reached = Promise.withResolvers<void>()
    let requests = 0
    const answer = vectorsOf(DIMENSIONS)
    embeddings.answer((count) => {
      requests++
      if (requests === number) reached.resolve()
      return requests === number && afterAnswerMs === null ? null : answer(count)
    })
    await add(word)
    await reached.promise
    if (afterAnswerMs !== null) await wait(afterAnswerMs)
    await server.kill('SIGKILL')
    embeddings.answer(answer)
    server = await server.restart()
  }

  it('completes every file afterwards, with each chunk once', { skip: ROUNDS === 0 }, async () => {
    embeddings.answer(vectorsOf(DIMENSIONS))
    for (let round = 0; round < ROUNDS; round++) {
      // Before the first step, or in extraction or chunking.
      await add(`early${round}`)
      await wait((round * 30) % 300)
      await killAndRestart()
      await killAtRequest(`embedding${round}`, 1 + (round % 4), null)
      await killAtRequest(`storing${round}`, 4, ((round + 0.5) / ROUNDS) * STORING_MS)
    }
    for (const [word, added] of files) {
      const file = await settled(client(), added)
      assert.equal(file.processing_status, 'completed', `${word}: ${file.error_message}`)
      const chunks = (await search(word)).filter(({ file_id }) => file_id === file.file_id)
      const ids = new Set(chunks.map(({ chunk_id }) => chunk_id))
      assert.equal(ids.size, chunks.length, word)
      assert.equal(new Set(chunks.map(({ chunk_index }) => chunk_index)).size, chunks.length, word)
      assert.ok(chunks.length === Math.min(50, file.chunk_count), `${word}: ${chunks.length}`)
    }
    console.log(`killed indexing: ${3 * ROUNDS} rounds, 0 faults`)
  })

  it('answers searches after index files were deleted or overwritten, running and restarted', async () => {
    const folder = join(server.dataDir, 'indexes')
    const pathsOf = async () =>
      (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    embeddings.answer(vectorsOf(DIMENSIONS))
    const added = await add('harbour')
    assert.equal((await settled(client(), added)).processing_status, 'completed')
    const expected = await search('harbour')
    assert.ok(expected.length > 0)
    const damages = [
      { name: 'deleted', damage: (path: string) => rm(path, { force: true }), isRestarted: false },
      { name: 'overwritten', damage: overwrite, isRestarted: false },
      { name: 'emptied', damage: empty, isRestarted: false },
      { name: 'deleted', damage: (path: string) => rm(path, { force: true }), isRestarted: true },
      { name: 'overwritten', damage: overwrite, isRestarted: true },
      { name: 'emptied', damage: empty, isRestarted: true },
    ]
    for (const { name, damage, isRestarted } of damages) {
      if (isRestarted) await server.kill('SIGKILL')
      const paths = await pathsOf()
      assert.ok(paths.length > 0)
      for (const path of paths) await damage(path)
      if (isRestarted) server = await server.restart()
      const found = await search('harbour')
      assert.deepEqual(found, expected, `${name}, ${isRestarted ? 'restarted' : 'running'}`)
    }
  })
})
