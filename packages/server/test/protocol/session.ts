import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before } from 'node:test'
import { startApp } from '../start-app.ts'
import type { TestServer } from '../start-server.ts'
import {
  type Answer,
  type Connection,
  encodeChunks,
  eventually,
  exchange,
  openConnection,
  type Request,
  requestHead,
} from './exchange.ts'

export const KIB_256 = 262_144

/** Options for concurrent tests. Every test opens its own session. */
export const SIDE_BY_SIDE = { concurrency: 4 }

export interface Session {
  readonly uri: string
  readonly uploadId: string
  readonly fileName: string
  readonly contentType: string
  readonly objectName: string
  readonly sizeBytes: number
}

export interface StoredObject {
  readonly [field: string]: string
}

interface FileDescription {
  readonly fileName: string
  readonly contentType: string
}

const ANY_FILE: FileDescription = { fileName: 'some bytes.bin', contentType: 'application/octet-stream' }

/** Properties of a service that these tests use. */
type Service = Pick<TestServer, 'url' | 'baseUrl' | 'apiKey' | 'output' | 'stop'>

/** Starts one service for a test file, in the process of the test. */
export function useServer(env: Record<string, string> = {}) {
  return useService(() => startApp({ env }))
}

/** Starts one service for a test file. Its log must not contain the id of any session. */
export function useService<S extends Service>(start: () => Promise<S>) {
  const uploadIds: string[] = []
  const outputs: string[] = []
  let current: S | undefined
  const server = () => {
    if (!current) throw new Error('the server runs from before() to after()')
    return current
  }
  before(async () => {
    current = await start()
  })
  after(async () => {
    await server().stop()
    outputs.push(server().output())
    assert.match(outputs.join(''), /listening/)
    for (const uploadId of uploadIds) {
      assert.ok(!outputs.join('').includes(uploadId), `the upload id ${uploadId} stands in the log`)
    }
  })
  return {
    get url() {
      return server().url
    },
    get baseUrl() {
      return server().baseUrl
    },
    get apiKey() {
      return server().apiKey
    },
    output: () => server().output(),
    async open(
      sizeBytes: number,
      description: FileDescription = ANY_FILE,
      checksums?: readonly string[],
    ): Promise<Session> {
      const session = await openSession(server(), sizeBytes, description, checksums)
      uploadIds.push(session.uploadId)
      return session
    },
    register: (session: Session) => register(server(), session),
    storedBytes: (session: Session) => storedBytes(server(), session),
    /** Continues with the server that `change` returns, such as the same one after a crash. */
    async replace(change: (server: S) => Promise<S>): Promise<void> {
      const before = server()
      current = await change(before)
      outputs.push(before.output())
    },
  }
}

export type Server = ReturnType<typeof useServer>

async function openSession(
  server: Service,
  sizeBytes: number,
  { fileName, contentType }: FileDescription,
  checksums: readonly string[] | undefined,
): Promise<Session> {
  const opened = await callApi(server, 'POST', '/files/upload-url', {
    filename: fileName,
    file_size: sizeBytes,
    mime_type: contentType,
    ...(checksums && { checksums }),
  })
  const answer = (await opened.json()) as { upload_url: string; gcs_path: string }
  assert.equal(opened.status, 200, JSON.stringify(answer))
  const uploadId = new URL(answer.upload_url).searchParams.get('upload_id')
  assert.ok(uploadId, `no upload_id in the query of ${answer.upload_url}`)
  return { uri: answer.upload_url, uploadId, fileName, contentType, objectName: answer.gcs_path, sizeBytes }
}

function register(server: Service, session: Session): Promise<Response> {
  return callApi(server, 'POST', '/files', {
    filename: session.fileName,
    gcs_path: session.objectName,
    file_size: session.sizeBytes,
    mime_type: session.contentType,
  })
}

/** Registers the file and downloads it, to compare the stored bytes themselves. */
async function storedBytes(server: Service, session: Session): Promise<Buffer> {
  const registered = await register(server, session)
  const file = (await registered.json()) as { id: string }
  assert.equal(registered.status, 201, JSON.stringify(file))
  const described = await callApi(server, 'GET', `/files/${file.id}/content`)
  const content = (await described.json()) as { download_url: string }
  const download = await fetch(content.download_url)
  assert.equal(download.status, 200)
  return Buffer.from(await download.arrayBuffer())
}

function callApi(server: Service, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${server.baseUrl}${path}`, {
    method,
    headers: { 'X-API-Key': server.apiKey, ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
}

export function send(session: Session, request: Request): Promise<Answer> {
  return exchange(session.uri, request)
}

/** Sends the bytes of `bytes first-last/total`. */
export function sendChunk(
  session: Session,
  object: Uint8Array,
  first: number,
  end: number,
  total: number | '*' = '*',
): Promise<Answer> {
  return send(session, {
    range: `bytes ${first}-${end - 1}/${total}`,
    body: object.subarray(first, end),
  })
}

/** Makes `end` bytes of a session durable: with complete chunks if possible, or else with an interruption. */
export async function holdBytes(session: Session, object: Uint8Array, end: number): Promise<void> {
  const chunkEnd = end - (end % KIB_256)
  if (chunkEnd > 0 && chunkEnd < session.sizeBytes) {
    assertIncomplete(await sendChunk(session, object, 0, chunkEnd), chunkEnd)
  }
  if ((await offsetOf(session)) === end) return
  const start = await offsetOf(session)
  const connection = await startBody(session, { range: `bytes ${start}-*/*`, transfer: 'chunked' })
  await connection.write(encodeChunks(object.subarray(start, end)))
  connection.destroy()
  await offsetBecomes(session, end)
}

/** Sends the head of a request. The test writes its body. */
export async function startBody(session: Session, request: Request, bodyBytes = 0): Promise<Connection> {
  const connection = await openConnection(session.uri)
  await connection.write(requestHead(session.uri, request, bodyBytes))
  return connection
}

export function queryStatus(session: Session): Promise<Answer> {
  return send(session, { range: 'bytes */*' })
}

export async function offsetOf(session: Session): Promise<number> {
  const answer = await queryStatus(session)
  assert.equal(answer.status, 308, answer.body)
  const range = answer.headers.range
  return range === undefined ? 0 : Number(range.slice('bytes=0-'.length)) + 1
}

/** Waits until the server has noticed an interruption and the offset is `expected`. */
export async function offsetBecomes(session: Session, expected: number): Promise<void> {
  let offset = 0
  await eventually(`the offset is ${expected}`, async () => {
    offset = await offsetOf(session)
    return offset >= expected ? offset : undefined
  })
  assert.equal(offset, expected)
}

/** Asserts that the object can be finished and has the right bytes. */
export async function assertCanFinish(session: Session, object: Uint8Array): Promise<void> {
  const offset = await offsetOf(session)
  const answer = await send(session, { range: `bytes ${offset}-*/*`, body: object.subarray(offset) })
  assertObject(answer, session, object)
}

export function assertIncomplete(answer: Answer, offset: number): void {
  assert.equal(answer.status, 308, answer.body)
  assert.equal(answer.statusMessage, 'Resume Incomplete')
  assert.equal(answer.headers.range, offset === 0 ? undefined : `bytes=0-${offset - 1}`)
  assert.equal(answer.headers.location, undefined)
  assert.equal(answer.body, '')
}

export function assertObject(answer: Answer, session: Session, object: Uint8Array): StoredObject {
  assert.equal(answer.status, 200, answer.body)
  assert.match(answer.headers['content-type'] ?? '', /^application\/json\b/)
  const stored = JSON.parse(answer.body)
  assert.equal(stored.name, session.objectName)
  assert.equal(stored.size, String(object.length))
  assert.equal(stored.crc32c, crc32c(object))
  return stored
}

export function assertPlainText(answer: Answer, status: number, text: string): void {
  assert.equal(answer.body, text)
  assert.equal(answer.status, status)
  assert.match(answer.headers['content-type'] ?? '', /^text\/plain\b/)
}

export function assertJsonError(answer: Answer, status: number, reason: string, message?: string): void {
  assert.equal(answer.status, status, answer.body)
  assert.match(answer.headers['content-type'] ?? '', /^application\/json\b/)
  const { error, ...others } = JSON.parse(answer.body)
  assert.deepEqual(others, {})
  assert.equal(typeof error.message, 'string')
  assert.notEqual(error.message, '')
  if (message !== undefined) assert.equal(error.message, message)
  assert.deepEqual(error, {
    code: status,
    message: error.message,
    errors: [{ message: error.message, domain: 'global', reason }],
  })
}

export const PARSE_ERROR = 'Failed to parse Content-Range header.'

export function gapText(offset: number, heldBytes: number): string {
  return (
    'Invalid request.  According to the Content-Range header, the upload offset is ' +
    `${offset} byte(s), which exceeds already uploaded size of ${heldBytes} byte(s).`
  )
}

export function lengthText(bodyBytes: number, first: number, last: number): string {
  return (
    `Invalid request.  There were ${bodyBytes} byte(s) in the request body.  ` +
    `There should have been ${last - first + 1} byte(s) (starting at offset ${first} and ending at ` +
    `offset ${last}) according to the Content-Range header.`
  )
}

export function smallChunkText(bodyBytes: number): string {
  return (
    'Invalid request.  The number of bytes uploaded is required to be equal or greater than 262144, ' +
    "except for the final request (it's recommended to be the exact multiple of 262144).  " +
    `The received request contained ${bodyBytes} bytes, which does not meet this requirement.`
  )
}

/** Returns pseudo-random bytes. Equal seeds give equal bytes. */
export function someBytes(length: number, seed = 'object'): Buffer {
  return createHash('shake256', { outputLength: length }).update(seed).digest()
}

export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64')
}

const knownCrcs = new WeakMap<Uint8Array, string>()

/** Returns the base64 of the big-endian CRC-32C. A separate implementation, which shares no mistake with the server. */
export function crc32c(bytes: Uint8Array): string {
  const known = knownCrcs.get(bytes) ?? computeCrc32c(bytes)
  knownCrcs.set(bytes, known)
  return known
}

function computeCrc32c(bytes: Uint8Array): string {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  const value = Buffer.alloc(4)
  value.writeUInt32BE(~crc >>> 0)
  return value.toString('base64')
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value
})
