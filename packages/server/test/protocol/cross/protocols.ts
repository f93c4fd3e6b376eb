import assert from 'node:assert/strict'
import { type Answer, exchange } from '../exchange.ts'
import * as ietf from '../ietf/ietf.ts'
import { KIB_256 } from '../session.ts'
import * as tus from '../tus/tus.ts'

/** Requests of a protocol on a session URL. */
export interface Protocol {
  readonly name: string
  /** Sends `bytes` from `start` to `end`, and asserts that all of them are confirmed. */
  append(url: string, bytes: Uint8Array, start: number, end: number): Promise<void>
  /** Sends the bytes from `start` on, and asserts that the upload is complete. */
  complete(url: string, bytes: Uint8Array, start: number): Promise<void>
  /** Returns the offset of an incomplete upload. */
  offset(url: string): Promise<number>
}

const google: Protocol = {
  name: 'Google',
  append: async (url, bytes, start, end) => {
    assert.ok(end - start >= KIB_256, 'a chunk of Google has at least 256 KiB')
    const range = `bytes ${start}-${end - 1}/*`
    const answer = await exchange(url, { range, body: bytes.subarray(start, end) })
    assert.equal(answer.status, 308, answer.body)
    assert.equal(answer.headers.range, `bytes=0-${end - 1}`)
  },
  complete: async (url, bytes, start) => {
    const answer = await exchange(url, { range: `bytes ${start}-*/*`, body: bytes.subarray(start) })
    assert.equal(answer.status, 200, answer.body)
  },
  offset: async (url) => {
    const answer = await exchange(url, { range: 'bytes */*' })
    assert.equal(answer.status, 308, answer.body)
    return acknowledgedBytes(answer)
  },
}

const tusProtocol: Protocol = {
  name: 'tus',
  append: async (url, bytes, start, end) => {
    const answer = await tus.patch(url, start, bytes.subarray(start, end))
    assert.equal(answer.status, 204, answer.body)
    assert.equal(answer.headers['upload-offset'], String(end))
  },
  complete: async (url, bytes, start) => {
    const answer = await tus.patch(url, start, bytes.subarray(start))
    assert.equal(answer.status, 204, answer.body)
    assert.equal(answer.headers['upload-offset'], String(bytes.length))
  },
  offset: tus.offsetOf,
}

const ietfProtocol: Protocol = {
  name: 'the IETF protocol',
  append: async (url, bytes, start, end) => {
    const answer = await ietf.patch(url, start, false, bytes.subarray(start, end))
    assert.equal(answer.status, 204, answer.body)
    assert.equal(answer.headers['upload-offset'], String(end))
  },
  complete: async (url, bytes, start) => {
    const answer = await ietf.patch(url, start, true, bytes.subarray(start))
    // Without a File, which a client still has to register, there is nothing to create.
    assert.ok(answer.status === 201 || answer.status === 204, answer.body)
    assert.equal(answer.headers['upload-complete'], '?1')
  },
  offset: async (url) => {
    const answer = await ietf.head(url)
    assert.equal(answer.status, 204)
    assert.equal(answer.headers['upload-complete'], '?0')
    return Number(answer.headers['upload-offset'])
  },
}

export const PROTOCOLS: readonly Protocol[] = [google, tusProtocol, ietfProtocol]

/** Returns the number of bytes that an answer of Google's protocol acknowledges. */
export function acknowledgedBytes({ headers: { range } }: Answer): number {
  return range === undefined ? 0 : Number(range.slice('bytes=0-'.length)) + 1
}
