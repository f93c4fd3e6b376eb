import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { crc32c, crc32cToBase64 } from '../../src/platform/crc32c.ts'
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

  /** Sends chunks from the offset of the session on until the upload is complete, as a client of the protocol does. */
  async function sendAll(url: string): Promise<void> {
    const { length } = BYTES
    let acknowledged = 0
    for (;;) {
      const state = await ask(
        { method: 'PUT', url, headers: { 'Content-Range': 'bytes */*' } },
        assertProtocolError,
      )
      if (state.status === 200) return assertObject(state)
      const from = storedBytes(state)
      assert.ok(from >= acknowledged, `the offset is ${from}, but ${acknowledged} was acknowledged`)
      const to = Math.min(from + CHUNK_BYTES, length)
      const range = `bytes ${from}-${to - 1}/${length}`
      const headers = { 'Content-Range': range, 'X-Goog-Hash': `crc32c=${CRC32C}` }
      const reply = await caller.call({ method: 'PUT', url, headers, body: BYTES.subarray(from, to) })
      assert.ok(reply, 'a chunk has no answer')
      if (reply.status === 200) return assertObject(reply)
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
    await sendAll(opened.body.upload_url)
    const registered = await askApi('POST', '', { ...facts, gcs_path: opened.body.gcs_path })
    assert.ok(registered.status === 201 || registered.status === 200, JSON.stringify(registered.body))
    await readAndDelete(registered.body.id)
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

/** Asserts an error in Google's format, after which a client queries the status of the session. */
function assertProtocolError({ status, body }: Reply): void {
  const { error } = JSON.parse(body.toString())
  assert.equal(error.code, status)
  assert.ok(status === 507 || status === 503, `${status} ${body}`)
  assert.equal(error.errors[0].reason, status === 507 ? 'insufficientStorage' : 'backendError')
}

function assertObject({ body }: Reply): void {
  const { crc32c: stored, size } = JSON.parse(body.toString())
  assert.deepEqual([stored, size], [CRC32C, String(BYTES.length)])
}

function storedBytes({ status, headers }: Reply): number {
  assert.equal(status, 308)
  const [, last] = /^bytes=0-(\d+)$/.exec(String(headers.range ?? '')) ?? []
  return last === undefined ? 0 : Number(last) + 1
}
