import { Worker } from 'node:worker_threads'
import { ServiceError } from '../../domain/errors.ts'
import type { OpenStoresOptions } from './open-stores.ts'
import type {
  CallName,
  WorkerCalls,
  WorkerFailure,
  WorkerRequest,
  WorkerResponse,
} from './worker-protocol.ts'

/** The file was damaged, and is deleted: the index of this store is empty now. */
export class DamagedIndex extends Error {}

/** Threads that hold the index files. All calls for one store go to the same thread, one after the other. */
export interface WorkerPool {
  /** Throws `DamagedIndex`, STORAGE_FULL, or SERVICE_UNAVAILABLE. */
  call<Name extends CallName>(
    name: Name,
    storeId: string,
    input: WorkerCalls[Name]['input'],
  ): Promise<WorkerCalls[Name]['output']>
  /** Waits for the calls in progress, and ends the threads. */
  close(): Promise<void>
}

interface Pending {
  readonly storeId: string
  readonly settled: Promise<unknown>
  readonly resolve: (output: never) => void
  readonly reject: (error: Error) => void
}

interface Thread {
  readonly worker: Worker
  readonly pending: Map<number, Pending>
}

export function createWorkerPool(workers: number, options: OpenStoresOptions): WorkerPool {
  const threads: (Thread | null)[] = Array.from({ length: workers }, () => null)
  let lastId = 0

  const start = (index: number): Thread => {
    const worker = new Worker(new URL('./index-worker.ts', import.meta.url), { workerData: options })
    const thread: Thread = { worker, pending: new Map() }
    worker.on('message', (response: WorkerResponse) => settle(thread, response))
    // A thread ends only by a fault such as missing memory. The next call starts another one.
    worker.on('error', (error) => fail(thread, error.message))
    worker.on('exit', () => {
      fail(thread, 'its thread ended')
      if (threads[index] === thread) threads[index] = null
    })
    threads[index] = thread
    return thread
  }

  return {
    call: (name, storeId, input) => {
      const index = threadOf(storeId, workers)
      const thread = threads[index] ?? start(index)
      const { promise, resolve, reject } = Promise.withResolvers<never>()
      const id = ++lastId
      thread.pending.set(id, { storeId, settled: promise, resolve, reject })
      const request: WorkerRequest = { id, name, storeId, input }
      thread.worker.postMessage(request)
      return promise
    },
    close: async () => {
      await Promise.all(threads.map((thread) => (thread ? end(thread) : null)))
    },
  }
}

function settle({ pending }: Thread, response: WorkerResponse): void {
  const call = pending.get(response.id)
  pending.delete(response.id)
  if (!call) return
  if ('output' in response) call.resolve(response.output as never)
  else call.reject(errorOf(call.storeId, response))
}

function errorOf(storeId: string, { error, fault }: WorkerFailure): Error {
  const message = `the index of ${storeId} failed: ${error}`
  if (fault === 'damaged') return new DamagedIndex(message)
  return new ServiceError(fault === 'full' ? 'STORAGE_FULL' : 'SERVICE_UNAVAILABLE', message)
}

function fail({ pending }: Thread, reason: string): void {
  for (const [id, { storeId, reject }] of pending) {
    pending.delete(id)
    reject(new ServiceError('SERVICE_UNAVAILABLE', `the index of ${storeId} failed: ${reason}`))
  }
}

async function end({ worker, pending }: Thread): Promise<void> {
  await Promise.allSettled([...pending.values()].map(({ settled }) => settled))
  await worker.terminate()
}

/** Returns the number of the thread that holds a store: always the same, also after a restart. */
function threadOf(storeId: string, workers: number): number {
  let hash = 0
  for (let i = 0; i < storeId.length; i++) hash = (hash * 31 + storeId.charCodeAt(i)) | 0
  return Math.abs(hash) % workers
}
