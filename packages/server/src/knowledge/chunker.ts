import { Worker } from 'node:worker_threads'
import { ServiceError } from '../domain/errors.ts'
import type { ChunkingStrategy } from '../domain/vector-stores/store-file.ts'
import type { TextChunk } from './search-index.ts'
import type { ExtractedText } from './text-extractor.ts'

/** Chunks of a document. */
export interface ChunkedText {
  /** Language of the text; null when unknown. */
  readonly language: string | null
  readonly chunks: readonly TextChunk[]
}

/** Splits texts in a thread of its own, because a long text takes seconds. */
export interface Chunker {
  /** Throws SERVICE_UNAVAILABLE when the thread ends, and the reason of `signal`. */
  split(text: ExtractedText, strategy: ChunkingStrategy, signal: AbortSignal): Promise<ChunkedText>
  close(): Promise<void>
}

export interface ChunkRequest {
  readonly id: number
  readonly text: ExtractedText
  readonly strategy: ChunkingStrategy
}

export type ChunkResponse =
  | { readonly id: number; readonly result: ChunkedText }
  | { readonly id: number; readonly error: string }

type Pending = Pick<PromiseWithResolvers<ChunkedText>, 'resolve' | 'reject'>

/** Memory of the thread: a text of the largest size and its chunks. */
const MAX_HEAP_MB = 1024

/** Creates a chunker that starts its thread with the first text. */
export function createChunker(): Chunker {
  const pending = new Map<number, Pending>()
  let worker: Worker | null = null
  let lastId = 0

  const fail = (reason: string) => {
    worker = null
    for (const { reject } of pending.values()) reject(new ServiceError('SERVICE_UNAVAILABLE', reason))
    pending.clear()
  }
  const start = () => {
    const started = new Worker(new URL('./chunks/chunk-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    })
    started.on('message', (response: ChunkResponse) => {
      const call = pending.get(response.id)
      pending.delete(response.id)
      if ('result' in response) call?.resolve(response.result)
      else call?.reject(new ServiceError('SERVICE_UNAVAILABLE', response.error))
    })
    started.on('error', ({ message }) => fail(`the text could not be divided: ${message}`))
    started.unref()
    return started
  }

  return {
    split: async (text, strategy, signal) => {
      signal.throwIfAborted()
      worker ??= start()
      const id = ++lastId
      const { promise, resolve, reject } = Promise.withResolvers<ChunkedText>()
      const abort = () => {
        pending.delete(id)
        reject(signal.reason)
      }
      pending.set(id, { resolve, reject })
      signal.addEventListener('abort', abort, { once: true })
      worker.postMessage({ id, text, strategy } satisfies ChunkRequest)
      try {
        return await promise
      } finally {
        signal.removeEventListener('abort', abort)
      }
    },
    close: async () => {
      const ending = worker
      fail('the service stops')
      await ending?.terminate()
    },
  }
}
