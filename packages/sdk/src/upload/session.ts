import { fetchOrFail, textOf } from '../api.ts'
import type { ErrorCode } from '../api-types.ts'
import { retryAfterOf } from '../error-from-response.ts'
import { ChecksumError, errorClassOf, UploadSessionError } from '../errors.ts'
import type { Bytes } from '../source/byte-source.ts'

/** Progress of a session. `offset` is the number of bytes that the service has. */
export type SessionState =
  | { readonly kind: 'incomplete'; readonly offset: number }
  /**
   * `crc32c` is that of the object, or null when the response does not contain it. `fileId` is null while the object is
   * not registered.
   */
  | { readonly kind: 'complete'; readonly crc32c: string | null; readonly fileId: string | null }

export interface Chunk {
  readonly offset: number
  readonly sizeBytes: number
  readonly totalBytes: number
  readonly body: ReadableStream<Bytes> | Bytes
  /**
   * CRC-32C of the complete object, if this is the last chunk and the CRC is known before the chunk is sent; else
   * null.
   */
  readonly crc32c: string | null
}

/**
 * Client of a session URI, of the service or of Google Cloud Storage. The URI is the credential, so the API key is not
 * sent. In this protocol a 308 is not a redirect, but browsers hide it when they must not follow redirects. The client
 * therefore requests a 200 in its place.
 */
export interface UploadSession {
  /** Queries how many bytes are stored. Completes the object when all of them are. */
  state(totalBytes: number, signal: AbortSignal): Promise<SessionState>
  send(chunk: Chunk, signal: AbortSignal): Promise<SessionState>
  /** Cancels the session and deletes its bytes. */
  cancel(): Promise<void>
}

const CANCEL_MS = 10_000
/** Statuses of a session that does not exist any more. */
const GONE: ReadonlySet<number> = new Set([404, 410, 499])
/** Status of the first response after the content was refused. Later ones have 410 and the same reason. */
const CONTENT_REFUSED = 422
const NO_308 = { 'X-GUploader-No-308': 'yes' }

export function createUploadSession(uploadUrl: string, fetchAny: typeof fetch): UploadSession {
  const put = async (headers: Record<string, string>, init: RequestInit): Promise<SessionState> => {
    const response = await fetchOrFail(fetchAny, uploadUrl, {
      method: 'PUT',
      redirect: 'manual',
      ...init,
      headers: { ...NO_308, ...headers },
    })
    return stateFromResponse(response, init.signal)
  }
  return {
    state: (totalBytes, signal) => put({ 'Content-Range': `bytes */${totalBytes}` }, { signal }),
    send: ({ offset, sizeBytes, totalBytes, body, crc32c }, signal) => {
      const headers = {
        'Content-Range': `bytes ${offset}-${offset + sizeBytes - 1}/${totalBytes}`,
        ...(crc32c === null ? {} : { 'X-Goog-Hash': `crc32c=${crc32c}` }),
      }
      // Browsers send a Blob twice as fast as an array of bytes.
      if (body instanceof Uint8Array) return put(headers, { body: new Blob([body]), signal })
      const init = { body, duplex: 'half', signal } as RequestInit
      // Without Content-Length the body would use chunked encoding, which costs both sides more.
      return put({ ...headers, 'Content-Length': String(sizeBytes) }, init)
    },
    cancel: async () => {
      const signal = AbortSignal.timeout(CANCEL_MS)
      const response = await fetchOrFail(fetchAny, uploadUrl, {
        method: 'DELETE',
        redirect: 'manual',
        signal,
      })
      await response.text()
    },
  }
}

async function stateFromResponse(
  response: Response,
  signal: AbortSignal | null | undefined,
): Promise<SessionState> {
  const { status } = response
  // A response that is cut off must not be taken for an empty one, which means that the upload is incomplete.
  const text = await textOf(response, signal)
  if (status === 308 || (status === 200 && text === '')) {
    return { kind: 'incomplete', offset: offsetOf(response.headers.get('range')) }
  }
  if (status === 200 || status === 201) {
    return { kind: 'complete', crc32c: crc32cOf(text), fileId: response.headers.get('x-waybill-file-id') }
  }
  const facts = {
    status,
    systemMessage: text.slice(0, 500),
    traceId: response.headers.get('x-request-id'),
    retryAfterMs: retryAfterOf(response),
  }
  const refusal = refusalOf(text)
  if (refusal !== null) {
    const { code, systemMessage } = refusal
    const ErrorClass = errorClassOf(CONTENT_REFUSED, code)
    throw new ErrorClass(code, 'The service refused the content of the file.', { ...facts, systemMessage })
  }
  if (GONE.has(status)) {
    throw new UploadSessionError('UPLOAD_SESSION_LOST', 'The upload has expired or was cancelled.', facts)
  }
  if (status === 400 && /doesn't match calculated/.test(text)) {
    throw new ChecksumError(
      'CHECKSUM_MISMATCH',
      'The file was corrupted in transit: its checksum differs.',
      facts,
    )
  }
  throw new UploadSessionError('UPLOAD_REFUSED', `The upload was refused with ${status}.`, facts)
}

/**
 * Returns the reason why the service refused the complete content of a session that registers automatically; null for
 * other responses.
 */
function refusalOf(text: string): { readonly code: ErrorCode; readonly systemMessage: string } | null {
  try {
    const [{ domain, reason, message }] = JSON.parse(text).error.errors
    return domain === 'waybill' ? { code: reason, systemMessage: message } : null
  } catch {
    return null
  }
}

/** Returns the number of bytes that a `Range: bytes=0-N` header acknowledges; 0 without the header. */
function offsetOf(range: string | null): number {
  const [, last] = /^bytes=0-(\d+)$/.exec(range ?? '') ?? []
  return last === undefined ? 0 : Number(last) + 1
}

function crc32cOf(text: string): string | null {
  try {
    const { crc32c } = JSON.parse(text)
    return typeof crc32c === 'string' ? crc32c : null
  } catch {
    return null
  }
}
