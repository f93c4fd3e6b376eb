import { Worker } from 'node:worker_threads'
import { ServiceError } from '../../domain/errors.ts'
import { createThreadCalls } from '../thread-calls.ts'
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

export function createWorkerPool(workers: number, options: OpenStoresOptions): WorkerPool {
  const threads = Array.from({ length: workers }, () =>
    createThreadCalls<Omit<WorkerRequest, 'id'>, WorkerResponse>({
      start: () => new Worker(new URL(import.meta.resolve('./index-worker.ts')), { workerData: options }),
      toError: (error, { storeId }) => errorOf(storeId, { error, fault: 'other' }),
    }),
  )
  return {
    call: async (name, storeId, input) => {
      const thread = threads[threadOf(storeId, workers)] as (typeof threads)[number]
      const response = await thread.call({ name, storeId, input })
      if ('output' in response) return response.output as never
      throw errorOf(storeId, response)
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.settled().then(thread.end)))
    },
  }
}

function errorOf(storeId: string, { error, fault }: Omit<WorkerFailure, 'id'>): Error {
  const message = `the index of ${storeId} failed: ${error}`
  if (fault === 'damaged') return new DamagedIndex(message)
  return new ServiceError(fault === 'full' ? 'STORAGE_FULL' : 'SERVICE_UNAVAILABLE', message)
}

/** Returns the number of the thread that holds a store: always the same, also after a restart. */
function threadOf(storeId: string, workers: number): number {
  let hash = 0
  for (let i = 0; i < storeId.length; i++) hash = (hash * 31 + storeId.charCodeAt(i)) | 0
  return Math.abs(hash) % workers
}
