import { fetchOrFail, textOf } from '../api.ts'
import { retryAfterOf } from '../error-of-answer.ts'
import { ChecksumError, UploadSessionError } from '../errors.ts'
import type { Bytes } from '../source/byte-source.ts'

/** How far a session is. */
export type SessionState =
  | { readonly kind: 'incomplete'; readonly offset: number }
  /** `crc32c` is the object’s, where the answer has it. */
  | { readonly kind: 'complete'; readonly crc32c: string | null }

export interface Chunk {
  readonly offset: number
  readonly sizeBytes: number
  readonly totalBytes: number
  readonly body: ReadableStream<Bytes> | Bytes
  /** Of the whole object, where this chunk ends it and it is known before it is sent. */
  readonly crc32c: string | null
}

/**
 * A session URI of the service or of Google Cloud Storage. The URI is the credential: no key is ever sent there. A 308 is no
 * redirect here, and browsers hide it where they are not to follow one, so the answer is asked for as a 200.
 */
export interface UploadSession {
  /** Asks how many bytes are stored; makes the object where they are all. */
  state(totalBytes: number, signal: AbortSignal): Promise<SessionState>
  send(chunk: Chunk, signal: AbortSignal): Promise<SessionState>
  /** Gives the session up, and what it stores. */
  cancel(): Promise<void>
}

const CANCEL_MS = 10_000
/** What a session that is no more answers with. */
const GONE: ReadonlySet<number> = new Set([404, 410, 499])
const NO_308 = { 'X-GUploader-No-308': 'yes' }

export function createUploadSession(uploadUrl: string, fetchAny: typeof fetch): UploadSession {
  const put = async (headers: Record<string, string>, init: RequestInit): Promise<SessionState> => {
    const answer = await fetchOrFail(fetchAny, uploadUrl, {
      method: 'PUT',
      redirect: 'manual',
      ...init,
      headers: { ...NO_308, ...headers },
    })
    return stateOfAnswer(answer, init.signal)
  }
  return {
    state: (totalBytes, signal) => put({ 'Content-Range': `bytes */${totalBytes}` }, { signal }),
    send: ({ offset, sizeBytes, totalBytes, body, crc32c }, signal) => {
      const headers = {
        'Content-Range': `bytes ${offset}-${offset + sizeBytes - 1}/${totalBytes}`,
        ...(crc32c === null ? {} : { 'X-Goog-Hash': `crc32c=${crc32c}` }),
      }
      // Browsers send a Blob twice as fast as the bytes themselves.
      if (body instanceof Uint8Array) return put(headers, { body: new Blob([body]), signal })
      const init = { body, duplex: 'half', signal } as RequestInit
      // Without it the body goes out in pieces, each with its length, which costs both sides more.
      return put({ ...headers, 'Content-Length': String(sizeBytes) }, init)
    },
    cancel: async () => {
      const signal = AbortSignal.timeout(CANCEL_MS)
      const answer = await fetchOrFail(fetchAny, uploadUrl, { method: 'DELETE', redirect: 'manual', signal })
      await answer.text()
    },
  }
}

async function stateOfAnswer(
  answer: Response,
  signal: AbortSignal | null | undefined,
): Promise<SessionState> {
  const { status } = answer
  // What breaks off is not empty, and an empty one means that nothing is stored.
  const text = await textOf(answer, signal)
  if (status === 308 || (status === 200 && text === '')) {
    return { kind: 'incomplete', offset: offsetOf(answer.headers.get('range')) }
  }
  if (status === 200 || status === 201) return { kind: 'complete', crc32c: crc32cOf(text) }
  const facts = {
    status,
    systemMessage: text.slice(0, 500),
    traceId: answer.headers.get('x-request-id'),
    retryAfterMs: retryAfterOf(answer),
  }
  if (GONE.has(status)) {
    throw new UploadSessionError('UPLOAD_SESSION_LOST', 'The upload has expired, or was cancelled.', facts)
  }
  if (status === 400 && /doesn't match calculated/.test(text)) {
    throw new ChecksumError('CHECKSUM_MISMATCH', 'The file was damaged on its way.', facts)
  }
  throw new UploadSessionError('UPLOAD_REFUSED', `The upload was refused with ${status}.`, facts)
}

/** The bytes that a `Range: bytes=0-N` header acknowledges; none without it. */
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
