// Worker thread that holds the index files of some stores. node:sqlite is synchronous: here it delays no request.
import { parentPort, workerData } from 'node:worker_threads'
import { applyChanges, missingDocuments } from './apply-changes.ts'
import { createOpenStores, type OpenStore } from './open-stores.ts'
import { countStatistics, searchStore } from './search-store.ts'
import { isFull } from './store-file.ts'
import type { CallName, WorkerCalls, WorkerRequest, WorkerResponse } from './worker-protocol.ts'

const stores = createOpenStores(workerData)

type Handlers = {
  [Name in CallName]: (store: OpenStore, input: WorkerCalls[Name]['input']) => WorkerCalls[Name]['output']
}

const HANDLERS: Handlers = {
  position: ({ file }) => file.appliedSeq(),
  statistics: ({ file, corpus }, { seq, texts }) =>
    file.transaction('read', () => (file.appliedSeq() < seq ? null : countStatistics(file, corpus(), texts))),
  search: (store, { seq, query, statistics }) =>
    store.file.transaction('read', () =>
      store.file.appliedSeq() < seq ? null : searchStore(store, query, statistics),
    ),
  missing: ({ file }, wanted) => missingDocuments(file, wanted),
  apply: ({ file, corpus }, batch) => applyChanges(file, corpus, batch),
  inspect: ({ file }) => ({
    files: file.prepare(LIST_FILES).all() as unknown as [string, string, string][],
    damage: file
      .prepare('PRAGMA integrity_check(10)')
      .all()
      .map((row) => String((row as unknown as unknown[])[0]))
      .filter((line) => line !== 'ok'),
  }),
  drop: ({ storeId }) => {
    stores.delete(storeId)
    return null
  },
}

const LIST_FILES = 'SELECT file_id, revision, attributes FROM files WHERE staged_by IS NULL ORDER BY file_id'

parentPort?.on('message', ({ id, name, storeId, input }: WorkerRequest) => {
  let response: WorkerResponse
  try {
    const handle = HANDLERS[name] as (store: OpenStore, input: unknown) => unknown
    response = { id, output: stores.use(storeId, (store) => handle(store, input)) }
  } catch (error) {
    const fault = stores.deleteIfDamaged(storeId, error) ? 'damaged' : isFull(error) ? 'full' : 'other'
    response = { id, error: error instanceof Error ? error.message : String(error), fault }
  }
  parentPort?.postMessage(response)
})
