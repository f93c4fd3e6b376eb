import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  request,
} from 'node:http'
import { text } from 'node:stream/consumers'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface SessionRequest {
  readonly url: string
  readonly method?: 'PUT' | 'POST' | 'DELETE'
  readonly headers?: OutgoingHttpHeaders
  /** Agent for several requests on one connection; absent for a new connection for each. */
  readonly agent?: Agent
}

/** Request to a session URI whose body the test writes, so that it can stall or break off. */
export interface OpenUpload {
  /** Rejects when the connection ends without an answer. */
  readonly answer: Promise<Answer>
  /** Settles when the connection is closed, for any reason. */
  readonly closed: Promise<void>
  /** Returns the number of written body bytes. */
  sentBytes(): number
  isClosed(): boolean
  /** Writes bytes with backpressure; stops early when the server answers or disconnects. */
  write(bytes: AsyncIterable<Uint8Array>): Promise<void>
  end(): void
  /**
   * Closes the sending side without the end of the body, as a client that exits in the middle does. All written bytes
   * arrive.
   */
  halfClose(): void
  /** Destroys the connection, like a network failure. */
  cut(): void
}

export function openUpload({ url, method = 'PUT', headers = {}, agent }: SessionRequest): OpenUpload {
  const outgoing = request(url, { method, headers, agent: agent ?? false })
  let settled = false
  let sentBytes = 0
  const answer = answerOf(outgoing)
  const closed = once(outgoing, 'close').then(
    () => {},
    () => {},
  )
  const stopped = Promise.race([
    answer.then(
      () => {},
      () => {},
    ),
    closed,
  ]).then(() => {
    settled = true
  })
  const write = async (bytes: AsyncIterable<Uint8Array>) => {
    for await (const piece of bytes) {
      if (settled) return
      sentBytes += piece.byteLength
      if (!outgoing.write(piece))
        await Promise.race([new Promise((drained) => outgoing.once('drain', drained)), stopped])
    }
  }
  return {
    answer,
    closed,
    sentBytes: () => sentBytes,
    isClosed: () => outgoing.closed,
    write,
    end: () => outgoing.end(),
    halfClose: () => outgoing.socket?.end(),
    cut: () => outgoing.destroy(),
  }
}

function answerOf(outgoing: ClientRequest): Promise<Answer> {
  const answer = new Promise<Answer>((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('close', () => reject(new Error('the connection ended without an answer')))
    outgoing.on('response', (incoming) => {
      const { statusCode = 0, headers } = incoming
      resolve(text(incoming).then((body) => ({ status: statusCode, headers, body })))
    })
  })
  // A test that only uses `closed` ignores the answer, and an unhandled rejection would end the run.
  answer.catch(() => {})
  return answer
}

/** Sends a complete request: writes the body, ends it and waits for the answer. */
export async function send(
  sessionRequest: SessionRequest,
  body: AsyncIterable<Uint8Array> = noBytes(),
): Promise<Answer> {
  const upload = openUpload(sessionRequest)
  await upload.write(body)
  upload.end()
  return upload.answer
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}

/** Returns the number of bytes that a `Range: bytes=0-N` header acknowledges; 0 without the header. */
export function acknowledgedBytes(answer: Answer): number {
  const { range } = answer.headers
  if (range === undefined) return 0
  const match = /^bytes=0-(\d+)$/.exec(range)
  assert.ok(match, `a Range of another form: ${range}`)
  return Number(match[1]) + 1
}

/** Queries the number of stored bytes of an unfinished session. */
export async function storedBytes(url: string): Promise<number> {
  const answer = await send({ url, headers: { 'Content-Range': 'bytes */*', 'Content-Length': 0 } })
  assert.equal(answer.status, 308, answer.body)
  assert.equal(answer.headers.location, undefined, 'a 308 of an upload never redirects')
  return acknowledgedBytes(answer)
}

/** Returns the two headers of `bytes start-(end-1)/total`. */
export function rangeHeaders(start: number, end: number, total: number | '*'): OutgoingHttpHeaders {
  return { 'Content-Range': `bytes ${start}-${end - 1}/${total}`, 'Content-Length': end - start }
}

/** Sends the missing bytes from `start` on, and returns the finished object. */
export async function finishUpload(
  url: string,
  file: { sizeBytes: number; read(start: number): AsyncIterable<Uint8Array> },
  start: number,
): Promise<StoredObject> {
  const headers = rangeHeaders(start, file.sizeBytes, file.sizeBytes)
  return objectOf(await send({ url, headers }, file.read(start)), file.sizeBytes)
}

export interface StoredObject {
  readonly size: string
  readonly generation: string
  readonly crc32c: string
}

/** Returns the object of a final answer. */
export function objectOf(answer: Answer, sizeBytes: number): StoredObject {
  assert.equal(answer.status, 200, answer.body)
  const object = JSON.parse(answer.body)
  assert.equal(object.kind, 'storage#object')
  assert.equal(object.size, String(sizeBytes))
  return object
}
