// Runs the service in the folder of DATA_DIR, adds a file to a new vector store, searches it, and kills its own process
// at the fault point that the first argument names. Prints the facts of the file before.
import { Worker } from 'node:worker_threads'
import { createClient } from '../api/client.ts'
import { addText, createStore, settled } from '../api/vector-store-bodies.ts'
import { startApp } from '../start-app.ts'
import { FAULT_POINTS, type FaultPoint, type KilledFile } from './fault-points.ts'

// biome-ignore lint/suspicious/noExplicitAny: methods of any signature are wrapped
type Method = (...args: any[]) => unknown

const point = FAULT_POINTS.find(({ name }) => name === process.argv[2])
const [dataDir = '', text = ''] = process.argv.slice(3)
if (point === undefined) throw new Error(`there is no fault point "${process.argv[2]}"`)
const { EMBEDDINGS_URL = '', EMBEDDINGS_MODEL = '' } = process.env
const app = await startApp({ dataDir, env: { EMBEDDINGS_URL, EMBEDDINGS_MODEL, INDEX_WAIT_MS: '0' } })
killAt(point)
const client = createClient(app)
const store = await createStore(client)
const { organizationId, apiKey } = app
const uploaded = await addText(client, store.id, text, {
  chunking_strategy: { type: 'static', static: { max_chunk_size_tokens: 100, chunk_overlap_tokens: 0 } },
})
const facts: KilledFile = { organizationId, apiKey, storeId: store.id, fileId: uploaded.file_id }
process.stdout.write(`${JSON.stringify(facts)}\n`)
await settled(client, uploaded)
await client.post(`/vector-stores/${store.id}/search`, { query: 'harbour' })
throw new Error('the fault point was not reached')

function killAt({ of, method, when }: FaultPoint): void {
  const { knowledge, database } = app.context
  const targets = {
    extractor: knowledge.extractor,
    chunker: knowledge.chunker,
    embedder: knowledge.embedder,
    indexing: database.vectorStores.indexing,
    indexWorker: Worker.prototype,
  }
  const target = targets[of] as unknown as Record<string, Method>
  const original = target[method] as Method
  target[method] = async function killing(this: unknown, ...args: unknown[]) {
    // Other messages to threads pass.
    if (of === 'indexWorker' && (args[0] as { name?: string }).name !== 'apply')
      return original.apply(this, args)
    if (when === 'before') kill()
    const result = await original.apply(this, args)
    kill()
    return result
  }
}

function kill(): void {
  process.kill(process.pid, 'SIGKILL')
}
