import { Worker } from 'node:worker_threads'
import { ServiceError } from '../domain/errors.ts'
import type { ChunkingStrategy } from '../domain/vector-stores/store-file.ts'
import type { TextChunk } from './search-index.ts'
import type { ExtractedText } from './text-extractor.ts'
import { createThreadCalls, MAX_NEW_OBJECTS_MB } from './thread-calls.ts'

/** Chunks of a document. */
export interface ChunkedText {
  /** Language of the text; null when unknown. */
  readonly language: string | null
  readonly chunks: readonly TextChunk[]
}

/**
 * Splits texts in a thread of its own, because a long text takes seconds. Its methods throw SERVICE_UNAVAILABLE when the
 * thread ends, and the reason of `signal`.
 */
export interface Chunker {
  split(text: ExtractedText, strategy: ChunkingStrategy, signal: AbortSignal): Promise<ChunkedText>
  /** Returns small chunks of the text that are near to a question, as `rankChunks` chooses them. */
  findRelevant(text: ExtractedText, question: Question, signal: AbortSignal): Promise<readonly TextChunk[]>
  close(): Promise<void>
}

export interface Question {
  readonly text: string
  /** Limit of the texts of all chunks together, in UTF-8. */
  readonly maxBytes: number
}

export interface ChunkRequest {
  readonly id: number
  readonly text: ExtractedText
  readonly strategy: ChunkingStrategy
  /** Question that chooses and orders the chunks; null for all in their order. */
  readonly question: Question | null
}

export type ChunkResponse =
  | { readonly id: number; readonly result: ChunkedText }
  | { readonly id: number; readonly error: string }

/** Chunks for a question, which fill a small space well. */
const SMALL_CHUNKS: ChunkingStrategy = { kind: 'static', maxChunkTokens: 200, overlapTokens: 0 }
/** Memory of the thread: a text of the largest size and its chunks. */
const MAX_HEAP_MB = 1024

/** Creates a chunker that starts its thread with the first text. */
export function createChunker(): Chunker {
  const thread = createThreadCalls<Omit<ChunkRequest, 'id'>, ChunkResponse>({
    start: startThread,
    toError: (reason) => unavailable(`the text could not be divided: ${reason}`),
  })
  const call = async (request: Omit<ChunkRequest, 'id'>, signal: AbortSignal): Promise<ChunkedText> => {
    const response = await thread.call(request, signal)
    if ('result' in response) return response.result
    throw unavailable(response.error)
  }
  return {
    split: (text, strategy, signal) => call({ text, strategy, question: null }, signal),
    findRelevant: async (text, question, signal) =>
      (await call({ text, strategy: SMALL_CHUNKS, question }, signal)).chunks,
    close: thread.end,
  }
}

function startThread(): Worker {
  const worker = new Worker(new URL(import.meta.resolve('./chunks/chunk-worker.ts')), {
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: MAX_NEW_OBJECTS_MB },
  })
  worker.unref()
  return worker
}

function unavailable(message: string): ServiceError {
  return new ServiceError('SERVICE_UNAVAILABLE', message)
}
