import type { Api } from './api.ts'
import type { CreateModelResponseBody, ErrorCode } from './api-types.ts'
import { ConnectionError, RateLimitError, ServerError, ValidationError, type WaybillError } from './errors.ts'
import { eventData } from './event-data.ts'
import { piecesOf } from './pieces-of.ts'
import type { ResponseEvent, StreamedResponse } from './response-events.ts'

interface FailedEvent {
  readonly type: 'response.failed'
  readonly response: StreamedResponse
}

/**
 * Yields the events of a new response. Throws a `WaybillError` when the response fails or its stream is cut off, and
 * the signal's reason.
 */
export async function* streamResponse(
  { open }: Api,
  path: string,
  body: CreateModelResponseBody,
  signal: AbortSignal | undefined,
): AsyncGenerator<ResponseEvent, void> {
  const json = { ...body, stream: true }
  const request = { method: 'POST', path, json, isWithoutOrganization: true } as const
  const response = await open({ ...request, signal })
  for await (const data of eventData(piecesOf(response, signal, connectionLost))) {
    const event = parseEvent(data)
    if (event.type === 'response.failed') throw failureOf(event, response)
    yield event
    if (event.type === 'response.completed' || event.type === 'response.incomplete') return
  }
  throw connectionLost()
}

function parseEvent(data: string): ResponseEvent | FailedEvent {
  try {
    return JSON.parse(data)
  } catch {
    throw new ConnectionError('UNREADABLE_ANSWER', 'The stream does not come from the service.')
  }
}

const connectionLost = (cause?: unknown) =>
  new ConnectionError('CONNECTION_FAILED', 'The connection was lost during the response.', { cause })

type Failure = readonly [ErrorClass: typeof WaybillError, code: ErrorCode, message: string]

const FAILED: Failure = [ServerError, 'MODEL_SERVER_ERROR', 'The model server failed.']
const FAILURES: Readonly<Record<string, Failure>> = {
  rate_limit_exceeded: [RateLimitError, 'RATE_LIMIT_EXCEEDED', 'Too many requests. Try again later.'],
  invalid_prompt: [ValidationError, 'MODEL_REQUEST_REFUSED', 'The model server refused the request.'],
}

/** Returns the error of a response that failed after its beginning. */
function failureOf({ response: { error } }: FailedEvent, { status, headers }: Response): WaybillError {
  const [ErrorClass, code, message] = FAILURES[error?.code ?? ''] ?? FAILED
  const facts = { status, systemMessage: error?.message ?? '', traceId: headers.get('x-request-id') }
  return new ErrorClass(code, message, facts)
}
