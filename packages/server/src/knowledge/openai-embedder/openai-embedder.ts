import { setTimeout as wait } from 'node:timers/promises'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import { beginModelCall, type ObserveModelCall } from '../../domain/models/model-call.ts'
import { retryAfterMs } from '../../platform/retry-after.ts'
import type { Embedder } from '../embedder.ts'
import { readTokens, readVectors } from './read-vectors.ts'

export interface OpenAiEmbedderOptions {
  /** Base of the API, for example `http://127.0.0.1:11434/v1`. */
  readonly url: string
  readonly model: string
  /** Key of the server; null when it needs none. */
  readonly apiKey: string | null
  /** Dimensions to ask for, for models that can shorten their vectors; null for the default of the model. */
  readonly dimensions?: number | null
  /** Limit of one request. */
  readonly timeoutMs?: number
  /** Wait after the first failure; each further one doubles it. */
  readonly backoffMs?: number
  /** Observers of all requests; absent for none. */
  readonly observers?: readonly ObserveModelCall[]
}

const MAX_BATCH = 32
const MAX_ATTEMPTS = 5
const DEFAULT_TIMEOUT_MS = 60_000
const DEFAULT_BACKOFF_MS = 500
/** Longest wait, also when the server asks for a longer one: the task is retried later then. */
const MAX_WAIT_MS = 30_000
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024
const TOO_LARGE = 413
const TOO_MANY = 429

/**
 * Creates an embedder that uses an endpoint compatible with OpenAI's `POST /embeddings`. Batches that the server finds
 * too large are halved. Overload and network faults are retried, no sooner than the server asks.
 */
export function createOpenAiEmbedder(options: OpenAiEmbedderOptions): Embedder {
  const embedBatch = async (
    texts: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> => {
    const answer = await requestWithRetries(options, texts, signal)
    if (answer.kind === 'vectors') return readVectors(answer.body, texts.length, options.dimensions ?? null)
    if (texts.length === 1) throw unavailable('found a single text too large')
    const middle = Math.ceil(texts.length / 2)
    const first = await embedBatch(texts.slice(0, middle), signal)
    return [...first, ...(await embedBatch(texts.slice(middle), signal))]
  }

  return {
    model: options.model,
    embed: async (texts, signal) => {
      const vectors: Float32Array[] = []
      for (let start = 0; start < texts.length; start += MAX_BATCH) {
        vectors.push(...(await embedBatch(texts.slice(start, start + MAX_BATCH), signal)))
      }
      if (new Set(vectors.map(({ length }) => length)).size > 1) {
        throw unavailable('returned vectors of different dimensions')
      }
      return vectors
    },
  }
}

type Answer = { readonly kind: 'vectors'; readonly body: unknown } | { readonly kind: 'too-large' }

/** Failed request that may succeed later. */
interface Failure {
  readonly kind: 'failed'
  readonly code: ErrorCode
  readonly reason: string
  readonly isTransient: boolean
  /** Wait that the server asks for; null when it asks for none. */
  readonly waitMs: number | null
}

async function requestWithRetries(
  options: OpenAiEmbedderOptions,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Answer> {
  let backoffMs = options.backoffMs ?? DEFAULT_BACKOFF_MS
  for (let attempt = 1; ; attempt++) {
    const answer = await reportRequest(options, texts, signal)
    if (answer.kind !== 'failed') return answer
    if (!answer.isTransient || attempt === MAX_ATTEMPTS) throw unavailable(answer.reason)
    await wait(Math.min(MAX_WAIT_MS, Math.max(backoffMs, answer.waitMs ?? 0)), null, signal ? { signal } : {})
    backoffMs *= 2
  }
}

/** Makes one request and reports it to the observers. */
async function reportRequest(
  options: OpenAiEmbedderOptions,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Answer | Failure> {
  const call = { operation: 'embeddings', serverUrl: options.url, isStreamed: false } as const
  const report = beginModelCall(options.observers ?? [], call, signal ?? null)
  try {
    const answer = await request(options, texts, signal)
    if (answer.kind === 'vectors') {
      report.accept(options.model)
      report.receiveTokens({ input: readTokens(answer.body), output: null })
    }
    report.end(toFault(answer))
    return answer
  } catch (error) {
    report.end(error)
    throw error
  }
}

/** Returns the error of an answer for the observers; null for vectors. */
function toFault(answer: Answer | Failure): ServiceError | null {
  if (answer.kind === 'vectors') return null
  if (answer.kind === 'failed') return new ServiceError(answer.code, answer.reason)
  return new ServiceError('REQUEST_TOO_LARGE', 'the texts are too large')
}

async function request(
  { url, model, apiKey, dimensions, timeoutMs }: OpenAiEmbedderOptions,
  input: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Answer | Failure> {
  const timeout = AbortSignal.timeout(timeoutMs ?? DEFAULT_TIMEOUT_MS)
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/embeddings`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({ model, input, encoding_format: 'float', ...(dimensions ? { dimensions } : {}) }),
      // A redirect would carry the key and the texts to another server.
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    if (response.ok) return { kind: 'vectors', body: JSON.parse(await readText(response)) }
    await response.body?.cancel()
    if (response.status === TOO_LARGE) return { kind: 'too-large' }
    return {
      kind: 'failed',
      code: response.status === TOO_MANY ? 'RATE_LIMIT_EXCEEDED' : 'MODEL_SERVER_ERROR',
      reason: `answered with status ${response.status}`,
      isTransient: response.status === 408 || response.status === TOO_MANY || response.status >= 500,
      waitMs: retryAfterMs(response.headers.get('retry-after')),
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof ServiceError) throw error
    if (error instanceof SyntaxError) throw unavailable('returned no JSON')
    const fault = timeout.aborted
      ? ({ code: 'MODEL_SERVER_TIMEOUT', reason: 'did not answer in time' } as const)
      : ({ code: 'MODEL_SERVER_ERROR', reason: 'cannot be reached' } as const)
    return { kind: 'failed', ...fault, isTransient: true, waitMs: null }
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > MAX_RESPONSE_BYTES) throw unavailable(`returned more than ${MAX_RESPONSE_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function unavailable(reason: string): ServiceError {
  return new ServiceError('SERVICE_UNAVAILABLE', `the embeddings server ${reason}`)
}
