import { type ErrorCode, ServiceError } from '../errors.ts'

/** Names of OpenTelemetry for calls of models, and `list_models`, which it does not name. */
export type ModelOperation = 'chat' | 'text_completion' | 'embeddings' | 'list_models'

/** Beginning of one HTTP request to a model server, without any text of it. */
export interface ModelCall {
  readonly operation: ModelOperation
  /** Base URL of the server, as the operator configured it. */
  readonly serverUrl: string
  readonly isStreamed: boolean
}

/** End of a call, without any text of its answer. */
export interface ModelCallEnd {
  readonly outcome: ModelCallOutcome
  /** Name of the model; null when the server did not accept it, because clients can write anything there. */
  readonly model: string | null
  readonly durationMs: number
  /** Time to the first piece of a streamed answer; null when there was none. */
  readonly firstPieceMs: number | null
  readonly tokens: ModelTokens
}

/** An error that is none of `ServiceError` counts as `INTERNAL_ERROR`. */
export type ModelCallOutcome = 'ok' | 'cancelled' | ErrorCode

/** Tokens as the server counts them; null where it does not. */
export interface ModelTokens {
  readonly input: number | null
  readonly output: number | null
}

/** Receives the beginning of each call, and returns the function that receives its end, once. */
export type ObserveModelCall = (call: ModelCall) => (end: ModelCallEnd) => void

/** Report of a call by its maker. */
export interface ModelCallReport {
  /** Reports that the server accepted the call of this model. */
  accept(model: string): void
  /** Reports a piece of the answer; only the first one counts. */
  receivePiece(): void
  receiveTokens(tokens: ModelTokens): void
  /** Ends the report with the error of the call, or null for none. */
  end(error: unknown): void
  /** Ends the report of a call whose caller does not read its answer to the end. An ended report stays as it is. */
  cancel(): void
}

const MAX_NAME_LENGTH = 200

/**
 * Begins the report of a call to all observers. The call ends as cancelled when `signal` aborts, also when nobody reads
 * its answer.
 */
export function beginModelCall(
  observers: readonly ObserveModelCall[],
  call: ModelCall,
  signal: AbortSignal | null,
): ModelCallReport {
  const startedAt = performance.now()
  const ends = observers.map((observe) => observe(call))
  let isOver = false
  let model: string | null = null
  let firstPieceMs: number | null = null
  let tokens: ModelTokens = { input: null, output: null }
  const endAs = (outcome: ModelCallOutcome) => {
    if (isOver) return
    isOver = true
    signal?.removeEventListener('abort', cancel)
    const durationMs = performance.now() - startedAt
    for (const end of ends) end({ outcome, model, durationMs, firstPieceMs, tokens })
  }
  const cancel = () => endAs('cancelled')
  signal?.addEventListener('abort', cancel)
  return {
    accept: (name) => {
      model = name.slice(0, MAX_NAME_LENGTH)
    },
    receivePiece: () => {
      if (call.isStreamed) firstPieceMs ??= performance.now() - startedAt
    },
    receiveTokens: (counted) => {
      tokens = counted
    },
    end: (error) => endAs(signal?.aborted ? 'cancelled' : outcomeOf(error)),
    cancel,
  }
}

function outcomeOf(error: unknown): ModelCallOutcome {
  if (error === null) return 'ok'
  return error instanceof ServiceError ? error.code : 'INTERNAL_ERROR'
}
