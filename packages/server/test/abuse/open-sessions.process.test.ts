import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Caller, createCaller } from '../caller.ts'
import { eventually } from '../clients/eventually.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { sweepInstallation } from '../sweep-installation.ts'
import { createJsonApi, type JsonApi } from './json-api.ts'
import { leftBehind } from './left-behind.ts'
import { residentBytes } from './resident-bytes.ts'

/** More in the long mode. */
const SESSIONS = Number(process.env.ABUSE_SESSIONS ?? 300)
const SEED = 1

const SENDERS = 16
const SIZE_BYTES = 10_000
/** Less than 256 KiB, so they are sent as the start of a complete body that breaks off. */
const SENT_BYTES = 1000
const MAX_ASKED = 300
/** Memory limit. A session may keep nothing in memory; this is for normal growth of the heap. */
const MAX_GROWTH_BYTES = 100_000_000

const skip = process.platform !== 'linux' && 'the memory of a process is read from /proc'
const bytes = Buffer.alloc(SIZE_BYTES, 'open sessions ')

interface OpenSession {
  readonly fileId: string
  readonly url: string
}

describe('very many open sessions', { skip }, () => {
  const random = createSeededRandom(SEED)
  let server: TestServer
  let caller: Caller
  let api: JsonApi

  before(async () => {
    server = await startServer({ env: { RATE_LIMIT_PER_MINUTE: '0' } })
    caller = createCaller()
    api = createJsonApi(server, caller)
  })

  after(async () => {
    caller?.close()
    await server?.stop()
  })

  it('can each be continued, cancelled or expired, use no memory and leave nothing behind', async () => {
    const sessions = await openMany(Math.ceil(SESSIONS / 3))
    const warmBytes = await residentBytes(server.pid)
    sessions.push(...(await openMany(SESSIONS - sessions.length)))
    const endBytes = await residentBytes(server.pid)
    assert.ok(endBytes - warmBytes < MAX_GROWTH_BYTES, `from ${mb(warmBytes)} to ${mb(endBytes)} MB`)

    assert.equal((await api('GET', '/files/uploads?limit=1', 200)).total, SESSIONS)
    assert.equal((await api('GET', '', 200)).storage_reserved_bytes, SESSIONS * SIZE_BYTES)
    const asked = Array.from({ length: Math.min(SESSIONS, MAX_ASKED) }, () => random.pick(sessions))
    await inParallel(new Set(asked), finish)
    await inParallel(sessions, cancel)
    assert.equal((await api('GET', '', 200)).storage_reserved_bytes, 0)
    assert.deepEqual(await leftBehind(server.dataDir), [])

    const expired = await expireSome(Math.ceil(SESSIONS / 10))
    const facts = `${expired} of them expired, memory ${mb(warmBytes)} → ${mb(endBytes)} MB, 0 files left behind`
    console.log(`many sessions: ${SESSIONS + expired} open sessions, ${facts}`)
  })

  async function openMany(count: number, on: JsonApi = api): Promise<OpenSession[]> {
    const sessions: OpenSession[] = []
    await inParallel(Array(count).keys(), async () => {
      const declared = { filename: 'a.bin', file_size: SIZE_BYTES, mime_type: 'application/octet-stream' }
      const opened = await on('POST', '/files/upload-url', 200, declared)
      const url: string = opened.upload_url
      const body = bytes.subarray(0, SENT_BYTES)
      const sent = await caller.call({ method: 'PUT', url, body })
      // Sessions that live for a second may have expired.
      assert.ok(sent?.status === 400 || (on !== api && sent?.status === 410), sent?.body.toString())
      sessions.push({ fileId: opened.file_id, url })
    })
    return sessions
  }

  /** Continues one session among many. */
  async function finish({ url }: OpenSession): Promise<void> {
    const asked = await caller.call({ method: 'PUT', url, headers: { 'Content-Range': 'bytes */*' } })
    assert.deepEqual([asked?.status, asked?.headers.range], [308, `bytes=0-${SENT_BYTES - 1}`])
    const headers = { 'Content-Range': `bytes ${SENT_BYTES}-${SIZE_BYTES - 1}/${SIZE_BYTES}` }
    const sent = await caller.call({ method: 'PUT', url, headers, body: bytes.subarray(SENT_BYTES) })
    assert.equal(sent?.status, 200, sent?.body.toString())
  }

  /** Cancels with the session URI, which answers 200 for a finished session, and with the API, which ends every one. */
  async function cancel({ fileId, url }: OpenSession): Promise<void> {
    const cancelled = await caller.call({ method: 'DELETE', url })
    assert.ok(cancelled?.status === 499 || cancelled?.status === 200, cancelled?.body.toString())
    await api('DELETE', `/files/uploads/${fileId}`, 204)
  }

  /** Restarts the server on the same data with sessions that live for a second, and lets them expire. */
  async function expireSome(count: number): Promise<number> {
    await server.kill('SIGTERM')
    const brief = await startServer({ env: { UPLOAD_SESSION_SECONDS: '1' }, dataDir: server.dataDir })
    try {
      const briefly = createJsonApi(brief, caller)
      await openMany(count, briefly)
      const reserved = async () => (await briefly('GET', '', 200)).storage_reserved_bytes
      await eventually('every reservation is released', async () => (await reserved()) === 0)
      await eventually('the bytes are gone', async () => (await leftBehind(server.dataDir)).length === 0)
      assert.deepEqual(await sweepInstallation(server.dataDir, false), [])
      return count
    } finally {
      await brief.stop()
    }
  }
})

async function inParallel<T>(things: Iterable<T>, work: (thing: T) => Promise<void>): Promise<void> {
  const left = things[Symbol.iterator]()
  const worker = async () => {
    for (let next = left.next(); !next.done; next = left.next()) await work(next.value)
  }
  await Promise.all(Array.from({ length: SENDERS }, worker))
}

function mb(bytes: number): number {
  return Math.round(bytes / 1e6)
}
