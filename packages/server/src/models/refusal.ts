import { ServiceError } from '../domain/errors.ts'
import { retryAfterMs } from '../platform/retry-after.ts'

/** Part of a refusal that is read. */
const MAX_BYTES = 64 * 1024
/** Shortest wait that a refused client is told. */
const MIN_WAIT_MS = 1000
const MAX_MESSAGE_LENGTH = 1000
const MAX_NAME_LENGTH = 200

/** Returns the error for an answer that is not successful, as `ModelServer` says. */
export async function createRefusal(response: Response): Promise<ServiceError> {
  const { status } = response
  const { message, code, param } = await readError(response)
  if (status === 404)
    return new ServiceError('MODEL_NOT_FOUND', message ?? 'the model server has no such model')
  if (status === 413)
    return new ServiceError('REQUEST_TOO_LARGE', 'the model server finds the request too large')
  if (status === 429) {
    const waitMs = retryAfterMs(response.headers.get('retry-after')) ?? MIN_WAIT_MS
    const retryAfterSeconds = Math.ceil(Math.max(waitMs, MIN_WAIT_MS) / 1000)
    return new ServiceError('RATE_LIMIT_EXCEEDED', 'the model server limits the rate of requests', {
      retryAfterSeconds,
    })
  }
  if (status === 400 || status === 422) {
    if (code === 'context_length_exceeded' || /context (length|size|window)/i.test(message ?? ''))
      return new ServiceError('CONTEXT_LENGTH_EXCEEDED', message ?? 'the input is too long for the model')
    return new ServiceError('MODEL_REQUEST_REFUSED', message ?? 'the model server refused the request', {
      upstreamCode: code,
      field: param,
    })
  }
  const reason = status === 401 || status === 403 ? 'refuses the key of this service' : 'failed'
  return new ServiceError('MODEL_SERVER_ERROR', `the model server ${reason} (status ${status})`)
}

interface UpstreamError {
  readonly message: string | null
  readonly code: string | null
  readonly param: string | null
}

/** Reads an error body of OpenAI's form; other forms give nothing. */
async function readError(response: Response): Promise<UpstreamError> {
  const none = { message: null, code: null, param: null }
  try {
    const body: unknown = JSON.parse(await readBounded(response))
    const { error } = (body ?? {}) as { readonly error?: unknown }
    if (typeof error === 'string') return { ...none, message: error.slice(0, MAX_MESSAGE_LENGTH) }
    const { message, code, param } = (error ?? {}) as Readonly<Record<string, unknown>>
    return {
      message: shortText(message, MAX_MESSAGE_LENGTH),
      code: shortText(code, MAX_NAME_LENGTH),
      param: shortText(param, MAX_NAME_LENGTH),
    }
  } catch {
    return none
  }
}

async function readBounded({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body ?? []) {
    bytes += part.byteLength
    // Leaving the loop cancels the body.
    if (bytes > MAX_BYTES) break
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function shortText(value: unknown, max: number): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, max) : null
}
