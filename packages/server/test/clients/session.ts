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
  /** One connection for several requests, where a client does that; a new one for each otherwise. */
  readonly agent?: Agent
}

/** A request on a session URI whose body is written by hand, so that it can stall or break off. */
export interface OpenUpload {
  /** Rejects when the connection ends without an answer. */
  readonly answer: Promise<Answer>
  /** Settles when the connection is gone, for whatever reason. */
  readonly closed: Promise<void>
  /** The body bytes that were handed to the connection so far. */
  sentBytes(): number
  isClosed(): boolean
  /** Takes bytes as fast as the other side does; stops early when it answers or goes away. */
  write(bytes: AsyncIterable<Uint8Array>): Promise<void>
  end(): void
  /**
   * Says that nothing more will come without ending the body, as a client does that ends in its middle:
   * all bytes that were written arrive.
   */
  halfClose(): void
  /** Breaks the connection off, as a lost link does. */
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
  // A test that only looks at `closed` leaves the answer alone, and a rejection nobody sees ends the run.
  answer.catch(() => {})
  return answer
}

/** A whole request: writes the body, ends it and waits for the answer. */
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

/** The number of bytes that a `Range: bytes=0-N` header acknowledges; none without the header. */
export function acknowledgedBytes(answer: Answer): number {
  const { range } = answer.headers
  if (range === undefined) return 0
  const match = /^bytes=0-(\d+)$/.exec(range)
  assert.ok(match, `a Range of another form: ${range}`)
  return Number(match[1]) + 1
}

/** Asks an unfinished session how far it got. */
export async function storedBytes(url: string): Promise<number> {
  const answer = await send({ url, headers: { 'Content-Range': 'bytes */*', 'Content-Length': 0 } })
  assert.equal(answer.status, 308, answer.body)
  assert.equal(answer.headers.location, undefined, 'a 308 of an upload never redirects')
  return acknowledgedBytes(answer)
}

/** The two headers of `bytes start-(end-1)/total`. */
export function rangeHeaders(start: number, end: number, total: number | '*'): OutgoingHttpHeaders {
  return { 'Content-Range': `bytes ${start}-${end - 1}/${total}`, 'Content-Length': end - start }
}

/** Sends what is missing from `start` on and answers with the finished object. */
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

/** The object that a final answer describes. */
export function objectOf(answer: Answer, sizeBytes: number): StoredObject {
  assert.equal(answer.status, 200, answer.body)
  const object = JSON.parse(answer.body)
  assert.equal(object.kind, 'storage#object')
  assert.equal(object.size, String(sizeBytes))
  return object
}
