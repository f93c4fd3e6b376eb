import assert from 'node:assert/strict'
import type { Call, Reply } from '../../caller.ts'
import type { SeededRandom } from '../../seeded-random.ts'
import { type Content, type Ledger, newContent, type StoredFile, type Upload } from './ledger.ts'

export const KINDS = [
  'open',
  'chunk',
  'patch',
  'put',
  'ask',
  'register',
  'cancel',
  'delete',
  'direct',
  'read',
] as const
export type Kind = (typeof KINDS)[number]

/** Context of a client. `send` and `api` throw when the process is killed during the request. */
export interface Work {
  readonly ledger: Ledger
  readonly random: SeededRandom
  send(kind: Kind, call: Call): Promise<Reply>
  /** Sends a request with the organization's key. */
  api(kind: Kind, method: string, path: string, payload?: Payload): Promise<Reply>
}

export interface Payload {
  readonly contentType: string
  readonly body: Buffer
}

const KIB_256 = 262_144
const MAX_BYTES = 3 * KIB_256
const MANY_FILES = 25
const MANY_UPLOADS = 15
const TYPE = 'application/octet-stream'
const BOUNDARY = 'waybill-kill-loop'

/** Runs a random action that is possible now. More existing things of a kind make actions on them more likely. */
export async function act(work: Work): Promise<void> {
  const { ledger, random } = work
  const uploads = [...ledger.uploads.values()].filter(({ isBusy }) => !isBusy)
  const files = [...ledger.files.values()].filter(({ isBusy }) => !isBusy)
  const isFull = ledger.uploads.size >= MANY_UPLOADS
  if (uploads.length > 0 && (isFull || random.chance(0.6))) {
    const upload = random.pick(uploads)
    return busily(upload, () => goOn(work, upload))
  }
  if (files.length > 0 && random.chance(ledger.files.size >= MANY_FILES ? 0.7 : 0.3)) {
    const file = random.pick(files)
    return busily(file, () => (random.chance(0.6) ? deleteFile(work, file) : download(work, file)))
  }
  if (random.chance(0.2)) return uploadDirectly(work)
  if (random.chance(0.1)) return list(work)
  if (!isFull) return openUpload(work)
}

async function busily(thing: { isBusy: boolean }, work: () => Promise<void>): Promise<void> {
  thing.isBusy = true
  await work()
  thing.isBusy = false
}

function goOn(work: Work, upload: Upload): Promise<void> {
  const { random } = work
  if (random.chance(0.1)) return askStatus(work, upload)
  if (random.chance(0.1)) return cancel(work, upload)
  if (upload.object !== null) return register(work, upload)
  if (random.chance(0.3)) return putWhole(work, upload)
  return random.chance(0.4) ? sendPatch(work, upload) : sendChunk(work, upload)
}

function anyContent({ random }: Work): Content {
  return newContent(random.integer(1, MAX_BYTES), random.integer(0, 1_000_000_000))
}

async function openUpload(work: Work): Promise<void> {
  const { ledger, random, api } = work
  const { filename, bytes } = anyContent(work)
  const isSelfRegistering = random.chance(0.4)
  ledger.lostTickets.add(filename)
  const facts = { filename, file_size: bytes.length, mime_type: TYPE }
  const body = json({ ...facts, auto_register: isSelfRegistering })
  const opened = parse(await api('open', 'POST', '/files/upload-url', body), 200)
  ledger.lostTickets.delete(filename)
  ledger.uploads.set(opened.file_id, {
    filename,
    bytes,
    url: opened.upload_url,
    objectName: opened.gcs_path,
    fileId: opened.file_id,
    isSelfRegistering,
    acknowledgedBytes: 0,
    sentBytes: 0,
    object: null,
    isCancelling: false,
    isRegistering: false,
    isBusy: false,
  })
}

async function sendChunk(work: Work, upload: Upload): Promise<void> {
  const { random, send } = work
  const { url, bytes, acknowledgedBytes: first } = upload
  const end = Math.min(first + random.integer(1, 2) * KIB_256, bytes.length)
  if (first === end) return
  upload.sentBytes = Math.max(upload.sentBytes, end)
  const headers = { 'Content-Range': `bytes ${first}-${end - 1}/${bytes.length}` }
  const reply = await send('chunk', { method: 'PUT', url, headers, body: bytes.subarray(first, end) })
  if (end === bytes.length) await complete(work, upload, reply)
  else upload.acknowledgedBytes = acknowledged(reply, end)
}

/** Sends bytes with tus. The last one completes the upload, and so does HEAD when the process was killed before. */
async function sendPatch(work: Work, upload: Upload): Promise<void> {
  const { random, send } = work
  const { url, bytes } = upload
  const tus = { 'Tus-Resumable': '1.0.0' }
  const state = await send('patch', { method: 'HEAD', url, headers: tus })
  const first = Number(state.headers['upload-offset'])
  assert.ok(first >= upload.acknowledgedBytes && first <= upload.sentBytes, `${state.status}: ${first}`)
  const end = Math.min(first + random.integer(1, 2 * KIB_256), bytes.length)
  upload.sentBytes = Math.max(upload.sentBytes, end)
  if (first < end) {
    const bytesType = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': first }
    const headers = { ...tus, ...bytesType }
    const reply = await send('patch', { method: 'PATCH', url, headers, body: bytes.subarray(first, end) })
    assert.equal(reply.status, 204, reply.body.toString())
    assert.equal(reply.headers['upload-offset'], String(end))
  }
  upload.acknowledgedBytes = end
  if (end < bytes.length) return
  const query = { method: 'PUT', url, headers: { 'Content-Range': 'bytes */*' } }
  await complete(work, upload, await send('ask', query))
}

async function putWhole(work: Work, upload: Upload): Promise<void> {
  upload.sentBytes = upload.bytes.length
  const reply = await work.send('put', { method: 'PUT', url: upload.url, body: upload.bytes })
  await complete(work, upload, reply)
}

async function complete({ ledger, api }: Work, upload: Upload, reply: Reply): Promise<void> {
  upload.object = objectOf(reply, upload)
  const { fileId, isSelfRegistering } = upload
  assert.equal(reply.headers['x-waybill-file-id'], isSelfRegistering ? fileId : undefined)
  if (!isSelfRegistering) return
  const file = await api('read', 'GET', `/files/${fileId}`)
  assert.equal(parse(file, 200).id, fileId)
  keepFile(ledger, upload, fileId, file.body.toString())
}

async function askStatus({ send }: Work, upload: Upload): Promise<void> {
  const headers = { 'Content-Range': 'bytes */*' }
  const reply = await send('ask', { method: 'PUT', url: upload.url, headers })
  if (upload.object === null) acknowledged(reply, upload.acknowledgedBytes)
  else assert.equal(objectOf(reply, upload), upload.object)
}

async function register({ ledger, api }: Work, upload: Upload): Promise<void> {
  const { fileId, filename, bytes, objectName } = upload
  upload.isRegistering = true
  const body = json({ filename, gcs_path: objectName, file_size: bytes.length, mime_type: TYPE })
  const reply = await api('register', 'POST', '/files', body)
  assert.equal(parse(reply, 201).id, fileId)
  keepFile(ledger, upload, fileId, reply.body.toString())
}

function keepFile(ledger: Ledger, { filename, bytes }: Content, id: string, answer: string): void {
  ledger.uploads.delete(id)
  ledger.files.set(id, { id, filename, bytes, answer, isDeleting: false, isBusy: false })
}

/** Cancels an upload with its session URI or with the organization's key. */
async function cancel({ ledger, random, send, api }: Work, upload: Upload): Promise<void> {
  const { url, fileId, object } = upload
  upload.isCancelling = true
  if (object === null && random.chance(0.5)) {
    assert.equal((await send('cancel', { method: 'DELETE', url })).status, 499)
  } else {
    assert.equal((await api('cancel', 'DELETE', `/files/uploads/${fileId}`)).status, 204)
  }
  ledger.uploads.delete(fileId)
  ledger.cancelledUrls.add(url)
}

async function deleteFile({ ledger, api }: Work, file: StoredFile): Promise<void> {
  file.isDeleting = true
  assert.equal((await api('delete', 'DELETE', `/files/${file.id}`)).status, 204)
  ledger.files.delete(file.id)
  ledger.deletedIds.add(file.id)
}

async function download({ send, api }: Work, { id, bytes }: StoredFile): Promise<void> {
  const { download_url: url } = parse(await api('read', 'GET', `/files/${id}/content`), 200)
  const reply = await send('read', { method: 'GET', url })
  assert.equal(reply.status, 200)
  assert.ok(reply.body.equals(bytes), `the file ${id} has other bytes`)
}

async function list({ api }: Work): Promise<void> {
  parse(await api('read', 'GET', '/files?limit=100'), 200)
  parse(await api('read', 'GET', '/files/uploads?limit=100'), 200)
}

/** Uploads several files directly. All of them become files, or none. */
async function uploadDirectly(work: Work): Promise<void> {
  const { ledger, random, api } = work
  const direct = { parts: Array.from({ length: random.integer(1, 3) }, () => anyContent(work)) }
  ledger.directs.add(direct)
  const reply = await api('direct', 'POST', '/files/upload', multipart(direct.parts))
  const { files } = parse(reply, 201)
  direct.parts.forEach((part, index) => {
    assert.equal(files[index].original_filename, part.filename)
    keepFile(ledger, part, files[index].id, JSON.stringify(files[index]))
  })
  ledger.directs.delete(direct)
}

function multipart(parts: readonly Content[]): Payload {
  const lines = parts.flatMap(({ filename, bytes }) => [
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="${filename}"\r\n`,
    `Content-Type: ${TYPE}\r\n\r\n`,
    bytes,
    '\r\n',
  ])
  const body = Buffer.concat([...lines, `--${BOUNDARY}--\r\n`].map((line) => Buffer.from(line)))
  return { contentType: `multipart/form-data; boundary=${BOUNDARY}`, body }
}

function json(value: object): Payload {
  return { contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) }
}

// biome-ignore lint/suspicious/noExplicitAny: a JSON answer has the shape that the test asserts
function parse({ status, body }: Reply, expected: number): any {
  assert.equal(status, expected, body.toString())
  return JSON.parse(body.toString())
}

/** Returns the object in an answer, which is the same for all requests. */
function objectOf({ status, body }: Reply, { bytes }: Upload): string {
  const answer = body.toString()
  assert.equal(status, 200, answer)
  assert.equal(JSON.parse(answer).size, String(bytes.length))
  return answer
}

/** Returns the bytes that a 308 acknowledges; asserts their expected number. */
function acknowledged({ status, headers, body }: Reply, expected: number): number {
  assert.equal(status, 308, body.toString())
  assert.equal(headers.range, expected === 0 ? undefined : `bytes=0-${expected - 1}`)
  return expected
}
