import assert from 'node:assert/strict'
import { join } from 'node:path'
import { openDatabase } from '../../../src/compose/open-database.ts'
import type { DatabaseChoice } from '../../../src/config.ts'
import { createCaller, type Reply } from '../../caller.ts'
import { eventually } from '../../clients/eventually.ts'
import type { TestServer } from '../../start-server.ts'
import type { Ledger, StoredFile, Upload } from './ledger.ts'

/** Visible state of a server. */
interface Shown {
  readonly files: ReadonlyMap<string, ShownFile>
  readonly uploads: ReadonlyMap<string, ShownUpload>
}

interface ShownFile {
  readonly id: string
  readonly original_filename: string
  readonly file_size: number
}

interface ShownUpload {
  readonly file_id: string
  readonly filename: string
  readonly file_size: number
}

interface Asker {
  get(path: string): Promise<Reply>
  post(path: string, body: object): Promise<Reply>
  delete(path: string): Promise<Reply>
  /** Sends a status query to a session URI. */
  status(url: string): Promise<Reply>
  download(url: string): Promise<Reply>
}

/**
 * Checks a server that was started after a kill against the answers that clients got. Acknowledged bytes and files
 * exist, deleted and cancelled ones do not, nothing unfinished is visible, and the counters of the quota are correct. A
 * request without an answer has happened completely or not at all; the ledger learns which.
 */
export async function verifyLedger(
  server: TestServer,
  ledger: Ledger,
  records: DatabaseChoice = { kind: 'sqlite', path: join(server.dataDir, 'waybill.db') },
): Promise<void> {
  const caller = createCaller()
  const ask = createAsker(server, caller.call)
  try {
    for (const upload of ledger.uploads.values()) await verifySelfRegistering(ask, upload)
    const shown = await lookAroundAtRest(ask, records)
    learnDirects(ledger, shown)
    for (const upload of ledger.uploads.values()) await verifyUpload(ask, ledger, shown, upload)
    for (const file of ledger.files.values()) await verifyFile(ask, ledger, shown, file)
    await verifyEnds(ask, ledger, shown)
    for (const id of shown.files.keys())
      assert.ok(ledger.files.has(id), `the visible file ${id} was not created by a client`)
    for (const { file_id: id, filename } of shown.uploads.values()) {
      if (ledger.uploads.has(id)) continue
      assert.ok(ledger.lostTickets.has(filename), `the visible upload ${id} was not opened by a client`)
      assert.equal((await ask.delete(`/files/uploads/${id}`)).status, 204)
    }
    ledger.lostTickets.clear()
  } finally {
    caller.close()
  }
}

function createAsker(server: TestServer, call: ReturnType<typeof createCaller>['call']): Asker {
  const send = async (method: string, url: string, headers: Record<string, string>, body?: Buffer) => {
    const reply = await call({ method, url, headers, ...(body && { body }) })
    assert.ok(reply, `${method} ${url} got no answer`)
    return reply
  }
  const api = (method: string, path: string, body?: object) => {
    const headers = { 'X-API-Key': server.apiKey, ...(body && { 'Content-Type': 'application/json' }) }
    return send(method, `${server.baseUrl}${path}`, headers, body && Buffer.from(JSON.stringify(body)))
  }
  return {
    get: (path) => api('GET', path),
    post: (path, body) => api('POST', path, body),
    delete: (path) => api('DELETE', path),
    status: (url) => send('PUT', url, { 'Content-Range': 'bytes */*' }),
    download: (url) => send('GET', url, {}),
  }
}

async function lookAround(ask: Asker): Promise<Shown> {
  const files = await listAll<ShownFile>(ask, '/files', 'files')
  const uploads = await listAll<ShownUpload>(ask, '/files/uploads', 'uploads')
  return {
    files: new Map(files.map((file) => [file.id, file])),
    uploads: new Map(uploads.map((upload) => [upload.file_id, upload])),
  }
}

async function listAll<T>(ask: Asker, path: string, key: string): Promise<T[]> {
  const listed: T[] = []
  for (let page = 1; ; page++) {
    const answer = parse(await ask.get(`${path}?limit=100&page=${page}`), 200)
    listed.push(...answer[key])
    if (answer.has_more) continue
    assert.equal(answer.total, listed.length)
    return listed
  }
}

/** Expires the leases of direct uploads that ended with their process or because of their database. */
async function expireReservations(records: DatabaseChoice): Promise<void> {
  const database = await openDatabase(records)
  try {
    await database.reservations.releaseExpired(Number.MAX_SAFE_INTEGER, 1000)
  } finally {
    await database.close()
  }
}

/**
 * Waits until the counters match the visible files and uploads. A direct upload that was refused because the database
 * did not answer may still be recorded a moment later, until its lease expires.
 */
async function lookAroundAtRest(ask: Asker, records: DatabaseChoice): Promise<Shown> {
  let difference: unknown
  const lookAgain = async () => {
    await expireReservations(records)
    const shown = await lookAround(ask)
    difference = await verifyCounters(ask, shown).catch((error) => error)
    return difference === undefined ? shown : undefined
  }
  return eventually('the counters are the sums of what is there', lookAgain).catch((error) => {
    throw difference ?? error
  })
}

async function verifyCounters(ask: Asker, { files, uploads }: Shown): Promise<void> {
  const { storage_used_bytes: used, storage_reserved_bytes: reserved } = parse(await ask.get(''), 200)
  const sum = (sizes: Iterable<{ file_size: number }>) =>
    [...sizes].reduce((all, { file_size: size }) => all + size, 0)
  assert.deepEqual({ used, reserved }, { used: sum(files.values()), reserved: sum(uploads.values()) })
}

function learnDirects(ledger: Ledger, { files }: Shown): void {
  const byName = new Map([...files.values()].map((file) => [file.original_filename, file]))
  for (const direct of ledger.directs) {
    const shown = direct.parts
      .map(({ filename }) => byName.get(filename))
      .filter((file) => file !== undefined)
    const names = direct.parts.map(({ filename }) => filename).join(', ')
    assert.ok(shown.length === 0 || shown.length === direct.parts.length, `only some are there of ${names}`)
    shown.forEach(({ id }, index) => {
      const part = direct.parts[index]
      if (part) ledger.files.set(id, { ...part, id, answer: null, isDeleting: false, isBusy: false })
    })
  }
  ledger.directs.clear()
}

/** Checks that an answered upload is a File at once, and that a request makes a File of one that was not answered. */
async function verifySelfRegistering(ask: Asker, { fileId, url, object, isSelfRegistering }: Upload) {
  if (!isSelfRegistering) return
  if (object !== null) assert.equal((await ask.get(`/files/${fileId}`)).status, 200)
  const { status } = await ask.status(url)
  if (status === 200) assert.equal((await ask.get(`/files/${fileId}`)).status, 200)
}

async function verifyUpload(ask: Asker, ledger: Ledger, shown: Shown, upload: Upload): Promise<void> {
  const { fileId, url, bytes, filename } = upload
  upload.isBusy = false
  if (shown.files.has(fileId)) {
    assert.ok(
      upload.isRegistering || upload.isSelfRegistering,
      `${fileId} is a file, but no client registered it`,
    )
    ledger.uploads.delete(fileId)
    ledger.files.set(fileId, { id: fileId, filename, bytes, answer: null, isDeleting: false, isBusy: false })
    return
  }
  const status = await ask.status(url)
  if (status.status === 499) {
    assert.ok(upload.isCancelling, `${fileId} is cancelled, but not by a client`)
    ledger.uploads.delete(fileId)
    ledger.cancelledUrls.add(url)
    return
  }
  assert.ok(shown.uploads.has(fileId), `the upload ${fileId} does not show`)
  upload.isCancelling = false
  upload.isRegistering = false
  if (status.status === 200) return verifyObject(upload, status)
  assert.equal(upload.object, null, `the object of ${fileId} is gone: ${status.status}`)
  assert.equal(status.status, 308, status.body.toString())
  const offset = Number(/^bytes=0-(\d+)$/.exec(String(status.headers.range))?.[1] ?? -1) + 1
  const { acknowledgedBytes, sentBytes } = upload
  assert.ok(offset >= acknowledgedBytes, `${fileId}: ${offset} left of ${acknowledgedBytes} acknowledged`)
  assert.ok(offset <= sentBytes, `${fileId}: ${offset} stored of ${sentBytes} sent`)
  upload.acknowledgedBytes = offset
  await verifyUnfinished(ask, upload)
}

function verifyObject(upload: Upload, { body }: Reply): void {
  const object = body.toString()
  assert.equal(object, upload.object ?? object, 'the object is another one')
  assert.equal(JSON.parse(object).size, String(upload.bytes.length))
  assert.equal(
    upload.sentBytes,
    upload.bytes.length,
    `${upload.fileId} is complete, but not all of it was sent`,
  )
  upload.object = object
  upload.acknowledgedBytes = upload.bytes.length
}

async function verifyUnfinished(ask: Asker, { fileId, filename, objectName, bytes }: Upload): Promise<void> {
  const declared = { file_size: bytes.length, mime_type: 'application/octet-stream' }
  const registered = await ask.post('/files', { filename, gcs_path: objectName, ...declared })
  assert.equal(registered.status, 409, registered.body.toString())
  assert.equal((await ask.get(`/files/${fileId}`)).status, 404)
}

async function verifyFile(ask: Asker, ledger: Ledger, shown: Shown, file: StoredFile): Promise<void> {
  const { id, bytes, answer } = file
  file.isBusy = false
  const reply = await ask.get(`/files/${id}`)
  if (file.isDeleting && reply.status === 404) {
    assert.ok(!shown.files.has(id), `the file ${id} is gone and shows`)
    ledger.files.delete(id)
    ledger.deletedIds.add(id)
    return
  }
  file.isDeleting = false
  assert.ok(shown.files.has(id), `the file ${id} does not show`)
  const now = parse(reply, 200)
  if (answer !== null) assert.deepEqual(now, JSON.parse(answer))
  const { download_url: url } = parse(await ask.get(`/files/${id}/content`), 200)
  const { status, body } = await ask.download(url)
  assert.equal(status, 200)
  assert.ok(body.equals(bytes), `the file ${id} has other bytes than were sent`)
}

/** Checks the ends of uploads once. Later lists show that an end stays. */
async function verifyEnds(ask: Asker, ledger: Ledger, shown: Shown): Promise<void> {
  for (const id of ledger.deletedIds) {
    assert.ok(!shown.files.has(id), `the file ${id} was deleted and shows`)
    assert.equal((await ask.get(`/files/${id}`)).status, 404)
  }
  for (const url of ledger.cancelledUrls) assert.equal((await ask.status(url)).status, 499)
  ledger.deletedIds.clear()
  ledger.cancelledUrls.clear()
}

// biome-ignore lint/suspicious/noExplicitAny: a JSON answer has the shape that the test asserts
function parse({ status, body }: Reply, expected: number): any {
  assert.equal(status, expected, body.toString())
  return JSON.parse(body.toString())
}
