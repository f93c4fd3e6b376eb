import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createClient } from '../api/client.ts'
import { dataOf, type SearchResults, type StoreFileObject, settled } from '../api/vector-store-bodies.ts'
import { memoryFolder } from '../memory-folder.ts'
import { startApp } from '../start-app.ts'
import { type EmbeddingsServer, startEmbeddingsServer } from './embeddings-server.ts'
import { FAULT_POINTS, type KilledFile } from './fault-points.ts'

const PROGRAM = fileURLToPath(new URL('killed-service.ts', import.meta.url))
/** The long mode meets all points, each of which takes some seconds. */
const SHORT = ['first part stored', 'writing the index']
const points = FAULT_POINTS.filter(({ name }) => process.env.INDEXING_KILLS || SHORT.includes(name))

/** Fewer chunks than a search returns. */
const TEXT = Array.from(
  { length: 30 },
  (_, line) => `${'sails past the old harbour '.repeat(16)} ${line}.`,
).join('\n')

describe('a process that ends at a step of the indexing', () => {
  let embeddings: EmbeddingsServer
  let folder: string

  before(async () => {
    embeddings = await startEmbeddingsServer()
    folder = await mkdtemp(join(await memoryFolder(), 'waybill-killed-'))
  })
  after(async () => {
    await embeddings?.close()
    await rm(folder, { recursive: true, force: true })
  })

  for (const { name } of points) {
    it(`leaves a file that the next process completes: ${name}`, async (test) => {
      const dataDir = join(folder, name.replaceAll(' ', '-'))
      const killed = await runUntilKilled(name, dataDir)
      endLeases(join(dataDir, 'waybill.db'))
      const app = await startApp({ dataDir, env: embeddings.env })
      test.after(() => app.stop())
      const { organizationId, apiKey, storeId, fileId } = killed
      const client = createClient({ url: app.url, organizationId, apiKey, dataDir })
      const path = `/vector-stores/${storeId}/files/${fileId}`
      const file = await settled(client, dataOf<StoreFileObject>(await client.get(path)))
      assert.deepEqual([file.processing_status, file.error_message], ['completed', null])
      assert.ok(file.chunk_count > 10)
      const query = { query: 'harbour', max_num_results: 50 }
      const found = await client.post(`/vector-stores/${storeId}/search`, query)
      const indexes = dataOf<SearchResults>(found).results.map(({ chunk_index }) => chunk_index)
      assert.deepEqual(
        indexes.sort((one, other) => one - other),
        Array.from({ length: file.chunk_count }, (_, index) => index),
      )
      assert.deepEqual(await app.context.knowledge.index.check({ organizationId, storeId }), [])
    })
  }

  const runUntilKilled = async (name: string, dataDir: string): Promise<KilledFile> => {
    const child = spawn(process.execPath, [PROGRAM, name, dataDir, TEXT], {
      env: { ...process.env, ...embeddings.env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [output, [, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    assert.equal(signal, 'SIGKILL', output)
    return JSON.parse(output.slice(0, output.indexOf('\n'))) as KilledFile
  }
})

/** Lets the leases of the killed process end, which takes half a minute otherwise. */
function endLeases(path: string): void {
  const sqlite = new DatabaseSync(path)
  sqlite.exec("UPDATE tasks SET lease_until_ms = 0 WHERE state = 'running'")
  sqlite.close()
}
