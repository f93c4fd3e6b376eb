import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { createUploadSession } from '../../src/operations/uploads/create-upload-session.ts'
import { crc32c, crc32cToBase64 } from '../../src/platform/crc32c.ts'
import { sessionUri } from '../../src/protocols/urls.ts'
import { createCaller, type Reply, type Call as Request } from '../caller.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { choosePlans } from './choose-plans.ts'
import { type FaultyService, startFaultyService } from './faulty-service.ts'

const SEED = Number(process.env.IO_FAULT_SEED ?? Date.now() % 1_000_000)
const CHUNK_BYTES = 256 * 1024
const BYTES = randomBytes(2 * CHUNK_BYTES + 77)
const CRC32C = crc32cToBase64(crc32c(BYTES))
const MIME_TYPE = 'application/octet-stream'
const MAX_ATTEMPTS = 5
const TUS = { 'Tus-Resumable': '1.0.0' }
const WITHOUT_LENGTH = {
  filename: 'any.bin',
  contentType: MIME_TYPE,
  sizeBytes: null,
  reservedBytes: 0,
  protocol: 'tus',
  registers: 'when-complete',
  metadata: null,
  announced: NO_HASHES,
  checksums: [],
  fileLifetimeMs: null,
} as const

describe(`a fault of the disk under the complete service (seed ${SEED})`, () => {
  const random = createSeededRandom(SEED)
  let service: FaultyService
  const caller = createCaller()
  let points = 0
  let badPoints = 0

  before(async () => {
    service = await startFaultyService()
  })

  after(async () => {
    caller.close()
    await service?.close()
    console.log(
      `faults of the disk over HTTP: ${points} points, ${badPoints} faults badly answered (seed ${SEED})`,
    )
  })

  /** Repeats the request until its answer is right. The first answer with an error lifts the fault. */
  async function ask(request: Request, isRight: (reply: Reply) => void): Promise<Reply> {
    for (let attempts = 1; ; attempts++) {
      const reply = await caller.call(request)
      assert.ok(reply, `${request.method} ${request.url} has no answer`)
      if (reply.status < 500) return reply
      assert.ok(service.disk.met() > 0, `an error without a fault: ${reply.status} ${reply.body}`)
      assert.ok(attempts < MAX_ATTEMPTS, `an error after the end of the fault: ${reply.status} ${reply.body}`)
      isRight(reply)
      service.disk.lift()
    }
  }

  async function askApi(method: string, path: string, body?: object | Buffer, type = 'application/json') {
    const { url, organizationId, apiKey } = service
    const reply = await ask(
      {
        method,
        url: `${url}/v1/organizations/${organizationId}/files${path}`,
        headers: { 'X-API-Key': apiKey, ...(body && { 'Content-Type': type }) },
        ...(body && { body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)) }),
      },
      assertEnvelope,
    )
    return { status: reply.status, body: reply.body.length > 0 ? JSON.parse(reply.body.toString()) : null }
  }

  /**
   * Sends chunks from the offset of the session on until the upload is complete, as a client of the protocol does.
   * Returns the id of the File; null when it is not registered. Only the last chunk tells the length when the session
   * has none.
   */
  async function sendAll(url: string, hasLength = true): Promise<string | null> {
    const { length } = BYTES
    let acknowledged = 0
    for (;;) {
      const state = await ask(
        { method: 'PUT', url, headers: { 'Content-Range': 'bytes */*' } },
        assertProtocolError,
      )
      if (state.status === 200) return fileIdOf(state)
      const from = storedBytes(state)
      assert.ok(from >= acknowledged, `the offset is ${from}, but ${acknowledged} was acknowledged`)
      const to = Math.min(from + CHUNK_BYTES, length)
      const range = `bytes ${from}-${to - 1}/${hasLength || to === length ? length : '*'}`
      const headers = { 'Content-Range': range, 'X-Goog-Hash': `crc32c=${CRC32C}` }
      const reply = await caller.call({ method: 'PUT', url, headers, body: BYTES.subarray(from, to) })
      assert.ok(reply, 'a chunk has no answer')
      if (reply.status === 200) return fileIdOf(reply)
      if (reply.status === 308) acknowledged = storedBytes(reply)
      else {
        assertProtocolError(reply)
        service.disk.lift()
      }
    }
  }

  async function upload(): Promise<void> {
    const facts = { filename: 'any.bin', file_size: BYTES.length, mime_type: MIME_TYPE }
    const opened = await askApi('POST', '/upload-url', facts)
    assert.equal(opened.status, 200)
    assert.equal(await sendAll(opened.body.upload_url), null)
    const registered = await askApi('POST', '', { ...facts, gcs_path: opened.body.gcs_path })
    assert.ok(registered.status === 201 || registered.status === 200, JSON.stringify(registered.body))
    await readAndDelete(registered.body.id)
  }

  async function uploadWithoutLength(): Promise<void> {
    const { url } = service
    const { session, uploadId } = await openWithoutLength()
    assert.equal(await sendAll(sessionUri(url, uploadId), false), session.fileId)
    await readAndDelete(session.fileId)
  }

  /** Repeats the creation of a session that registers by itself; a fault ends with the first error. */
  async function openWithoutLength() {
    const { context, organizationId, disk } = service
    const create = () => createUploadSession(context, operatorCaller(organizationId), WITHOUT_LENGTH)
    return create().catch((error) => {
      assert.match(error.code, /^STORAGE_/)
      assert.ok(disk.met() > 0, 'an error without a fault')
      disk.lift()
      return create()
    })
  }

  /** Uploads without a length that the creation tells. The last byte registers the File. */
  async function uploadByTus(): Promise<void> {
    const { url, organizationId, apiKey } = service
    const created = await ask(
      {
        method: 'POST',
        url: `${url}/v1/organizations/${organizationId}/files/tus`,
        headers: { ...TUS, 'X-API-Key': apiKey, 'Upload-Defer-Length': '1' },
      },
      assertTusError,
    )
    assert.equal(created.status, 201, created.body.toString())
    const fileId = String(created.headers['x-waybill-file-id'])
    await patchAll(String(created.headers.location))
    await readAndDelete(fileId)
  }

  /** Sends chunks from the offset that HEAD tells, until the File exists. */
  async function patchAll(url: string): Promise<void> {
    let acknowledged = 0
    for (;;) {
      // HEAD has no body, whose form could be compared.
      const state = await ask({ method: 'HEAD', url, headers: TUS }, () => {})
      const from = Number(state.headers['upload-offset'])
      assert.ok(from >= acknowledged, `the offset is ${from}, but ${acknowledged} was acknowledged`)
      if (state.headers['x-waybill-file-id'] !== undefined) return assert.equal(from, BYTES.length)
      const to = Math.min(from + CHUNK_BYTES, BYTES.length)
      const reply = await caller.call({
        method: 'PATCH',
        url,
        headers: {
          ...TUS,
          'Content-Type': 'application/offset+octet-stream',
          'Upload-Offset': String(from),
          ...(to === BYTES.length && { 'Upload-Length': String(BYTES.length) }),
        },
        body: BYTES.subarray(from, to),
      })
      assert.ok(reply, 'a PATCH has no answer')
      if (reply.status === 204) acknowledged = Number(reply.headers['upload-offset'])
      else {
        assertTusError(reply)
        service.disk.lift()
      }
    }
  }

  async function uploadDirectly(): Promise<void> {
    const head = `--part\r\nContent-Disposition: form-data; name="file"; filename="direct.bin"\r\nContent-Type: ${MIME_TYPE}\r\n\r\n`
    const form = Buffer.concat([Buffer.from(head), BYTES, Buffer.from('\r\n--part--\r\n')])
    const { status, body } = await askApi('POST', '/upload', form, 'multipart/form-data; boundary=part')
    assert.equal(status, 201, JSON.stringify(body))
    await readAndDelete(body.id)
  }

  async function readAndDelete(fileId: string): Promise<void> {
    const content = await askApi('GET', `/${fileId}/content`)
    assert.equal(content.status, 200)
    const url = content.body.download_url
    // The server can only break off an answer that has begun.
    const complete =
      (await caller.call({ method: 'GET', url })) ?? (await caller.call({ method: 'GET', url }))
    const reply = complete?.status === 200 ? complete : await ask({ method: 'GET', url }, assertEnvelope)
    assert.ok(reply.body.equals(BYTES), 'other bytes were served')
    const part = await ask({ method: 'GET', url, headers: { Range: 'bytes=7-300000' } }, assertEnvelope)
    assert.ok(part.body.equals(BYTES.subarray(7, 300_001)), 'other bytes were served')
    const deleted = await askApi('DELETE', `/${fileId}`)
    assert.ok(deleted.status === 204 || deleted.status === 404, `${deleted.status}`)
  }

  for (const [title, work] of [
    ['a resumable upload, its registration, download and end', upload],
    ['an upload that has no length and registers itself, its download and end', uploadWithoutLength],
    ['an upload of tus, its download and end', uploadByTus],
    ['a direct upload, its download and end', uploadDirectly],
  ] as const) {
    it(`is answered in ${title}, and the service recovers afterwards`, async () => {
      const { disk } = service
      disk.plan({ at: Number.POSITIVE_INFINITY, fault: 'EIO', persists: false })
      await work()
      const calls = [...disk.calls()]
      for (const plan of choosePlans(calls, random)) {
        const { at, fault, persists } = plan
        disk.plan(plan)
        await work().catch((error) => {
          badPoints++
          const what = `${calls[at - 1]?.call}, call ${at}, ${fault}${persists ? ' that stays' : ''}`
          throw new Error(`${what}: ${error.message}`, { cause: error })
        })
        if (disk.met() > 0) points++
      }
    })
  }
})

function assertEnvelope({ status, body }: Reply): void {
  const { success, error } = JSON.parse(body.toString())
  assert.equal(success, false)
  assert.equal(error.status, status)
  assert.equal(error.code, status === 507 ? 'STORAGE_FULL' : 'STORAGE_UNAVAILABLE')
  assert.equal(status, status === 507 ? 507 : 503)
}

function assertTusError({ status, body }: Reply): void {
  assert.match(body.toString(), status === 507 ? /^STORAGE_FULL: / : /^STORAGE_UNAVAILABLE: /)
  assert.equal(status, status === 507 ? 507 : 503)
}

/** Asserts an error in Google's format, after which a client queries the status of the session. */
function assertProtocolError({ status, body }: Reply): void {
  const { error } = JSON.parse(body.toString())
  assert.equal(error.code, status)
  assert.ok(status === 507 || status === 503, `${status} ${body}`)
  assert.equal(error.errors[0].reason, status === 507 ? 'insufficientStorage' : 'backendError')
}

/** Returns the id of the File in the final answer of an upload; null when it is not registered. */
function fileIdOf({ body, headers }: Reply): string | null {
  const { crc32c: stored, size } = JSON.parse(body.toString())
  assert.deepEqual([stored, size], [CRC32C, String(BYTES.length)])
  const fileId = headers['x-waybill-file-id']
  return fileId === undefined ? null : String(fileId)
}

function storedBytes({ status, headers }: Reply): number {
  assert.equal(status, 308)
  const [, last] = /^bytes=0-(\d+)$/.exec(String(headers.range ?? '')) ?? []
  return last === undefined ? 0 : Number(last) + 1
}
