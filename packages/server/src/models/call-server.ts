import { ServiceError } from '../domain/errors.ts'
import {
  beginModelCall,
  type ModelCallReport,
  type ModelOperation,
  type ObserveModelCall,
} from '../domain/models/model-call.ts'
import type { ModelAnswer, ModelPath } from './model-server.ts'
import { createRefusal } from './refusal.ts'

export interface ServerOptions {
  /** Beginning of the names of this server's models, which it does not get; empty for all other names. */
  readonly prefix: string
  /** Base of the API, for example `http://127.0.0.1:11434/v1`. */
  readonly url: string
  /** Key of the server; null when it needs none. */
  readonly apiKey: string | null
}

/** Observers of a call, and its ends before its answer is complete. */
export interface CallOptions {
  readonly timeoutMs: number
  /** Aborts when the caller goes. */
  readonly signal: AbortSignal
  /** Aborts when the service stops, with the error of all calls then. */
  readonly closing: AbortSignal
  readonly observers: readonly ObserveModelCall[]
}

/** Successful answer with its body unread, and the report that the reader of the body ends. */
export interface AcceptedCall extends ModelAnswer {
  readonly report: ModelCallReport
}

const OPERATIONS: Readonly<Record<ModelPath | 'models', ModelOperation>> = {
  'chat/completions': 'chat',
  completions: 'text_completion',
  embeddings: 'embeddings',
  models: 'list_models',
}

/** Makes one call, with a JSON body unless `body` is null. Throws, and its body throws, as `ModelServer` says. */
export async function callServer(
  { url, apiKey }: ServerOptions,
  path: ModelPath | 'models',
  body: Readonly<Record<string, unknown>> | null,
  { timeoutMs, signal, closing, observers }: CallOptions,
): Promise<AcceptedCall> {
  const facts = { operation: OPERATIONS[path], serverUrl: url, isStreamed: body?.stream === true }
  const report = beginModelCall(observers, facts, signal)
  try {
    const response = await fetch(`${url}/${path}`, {
      method: body === null ? 'GET' : 'POST',
      headers: {
        accept: '*/*',
        ...(body === null ? {} : { 'content-type': 'application/json' }),
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: body && JSON.stringify(body),
      // A redirect would carry the key and the texts to another server.
      redirect: 'error',
      signal: AbortSignal.any([signal, closing, AbortSignal.timeout(timeoutMs)]),
    })
    if (!response.ok) throw await createRefusal(response)
    const contentType = response.headers.get('content-type') ?? 'application/json'
    return { contentType, body: withFaults(response.body ?? new Blob([]).stream(), signal), report }
  } catch (error) {
    const fault = toFault(error, signal)
    report.end(fault)
    throw fault
  }
}

/** Returns the same bytes; a stream that breaks off has the fault of the call. */
function withFaults(body: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    } catch (error) {
      throw toFault(error, signal)
    }
  }
  return new ReadableStream({ pull, cancel: (reason) => reader.cancel(reason) }, { highWaterMark: 0 })
}

/** Returns the fault of a call as `ModelServer` says; the reason of `signal` when the caller has gone. */
export function toFault(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason
  if (error instanceof ServiceError) return error
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new ServiceError('MODEL_SERVER_TIMEOUT', 'the model server did not answer in time')
  return new ServiceError('MODEL_SERVER_ERROR', 'the model server cannot be reached', {}, { cause: error })
}
