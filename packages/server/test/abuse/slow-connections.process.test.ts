import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type Caller, createCaller } from '../caller.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { createJsonApi, type JsonApi } from './json-api.ts'
import { residentBytes } from './resident-bytes.ts'
import { openSlowConnections, type SlowRequest } from './slow-connections.ts'

/** More in the long mode. */
const SLOW = Number(process.env.ABUSE_SLOW ?? 100)
const ROUNDS = Number(process.env.ABUSE_SLOW_ROUNDS ?? 1)
const UPLOADS = Number(process.env.ABUSE_UPLOADS ?? 6)

const MIB = 1024 * 1024
const UPLOADERS = 4
const UPLOAD_BYTES = 8 * MIB
/** Idle timeout. Slow is not idle: connections that send a byte twice a second may take longer than this. */
const IDLE_MS = 5000
const SLOW_BODY_BYTES = 100_000
/** Memory limit. The buffers that all uploads share take up to 64 MiB of it, and the heap the rest. */
const MAX_GROWTH_BYTES = 150_000_000
const TYPE = 'application/octet-stream'

const skip = process.platform !== 'linux' && 'the memory of a process is read from /proc'
const bytes = Buffer.alloc(UPLOAD_BYTES, 'slow connections ')

describe('very many slow connections', { skip }, () => {
  let server: TestServer
  let caller: Caller
  let api: JsonApi

  before(async () => {
    server = await startServer({
      env: { RATE_LIMIT_PER_MINUTE: '0', UPLOAD_IDLE_SECONDS: String(IDLE_MS / 1000) },
    })
    caller = createCaller()
    api = createJsonApi(server, caller)
  })

  after(async () => {
    caller?.close()
    await server?.stop()
  })

  it('are all served while other clients upload', async () => {
    const port = Number(new URL(server.url).port)
    const ratios: number[] = []
    let memory: { before: number; with: number } = { before: 0, with: 0 }
    await uploadMany()
    for (let round = 0; round < ROUNDS; round++) {
      const aloneMs = await uploadMany()
      const before = await residentBytes(server.pid)
      const slow = await openSlowConnections(port, await slowRequests())
      const idleTimeout = setTimeout(IDLE_MS)
      try {
        const besideMs = await uploadMany()
        memory = { before, with: await residentBytes(server.pid) }
        await idleTimeout
        await slow.finish()
        // The speed of the machine may have changed, so the time without slow connections is measured before and after.
        ratios.push((aloneMs + (await uploadMany())) / 2 / besideMs)
      } finally {
        slow.close()
      }
    }
    const shown = ratios.map((ratio) => ratio.toFixed(2)).join(', ')
    const facts = `uploads beside them at ${shown} of their speed alone, memory ${mb(memory.before)} → ${mb(memory.with)} MB`
    console.log(`slow connections: ${SLOW} slow connections, ${facts}`)
    const { before: beforeBytes, with: withBytes } = memory
    assert.ok(withBytes - beforeBytes < MAX_GROWTH_BYTES, `from ${mb(beforeBytes)} to ${mb(withBytes)} MB`)
  })

  /** Returns requests of which half are slow in their headers, half in their bodies. */
  async function slowRequests(): Promise<SlowRequest[]> {
    const host = new URL(server.url).host
    const health = {
      head: `GET /v1/health HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      body: Buffer.alloc(0),
      promptBytes: 1,
    }
    const sendSlowly = async (): Promise<SlowRequest> => {
      const { pathname, search } = new URL((await openUpload(SLOW_BODY_BYTES)).url)
      const lines = [
        `PUT ${pathname}${search} HTTP/1.1`,
        `Host: ${host}`,
        `Content-Length: ${SLOW_BODY_BYTES}`,
      ]
      const head = `${lines.join('\r\n')}\r\n\r\n`
      return { head, body: bytes.subarray(0, SLOW_BODY_BYTES), promptBytes: head.length }
    }
    return Promise.all(Array.from({ length: SLOW }, (_, index) => (index % 2 === 0 ? health : sendSlowly())))
  }

  /** Returns the milliseconds that the same set of uploads takes, with limited concurrency. */
  async function uploadMany(): Promise<number> {
    const uploads = await Promise.all(Array.from({ length: UPLOADS }, () => openUpload(UPLOAD_BYTES)))
    const left = [...uploads]
    const begunMs = performance.now()
    const uploader = async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        const sent = await caller.call({ method: 'PUT', url: next.url, body: bytes })
        assert.equal(sent?.status, 200, sent?.body.toString())
      }
    }
    await Promise.all(Array.from({ length: UPLOADERS }, uploader))
    const durationMs = performance.now() - begunMs
    for (const { fileId } of uploads) await api('DELETE', `/files/uploads/${fileId}`, 204)
    return durationMs
  }

  async function openUpload(sizeBytes: number): Promise<{ url: string; fileId: string }> {
    const declared = { filename: 'a.bin', file_size: sizeBytes, mime_type: TYPE }
    const { upload_url: url, file_id: fileId } = await api('POST', '/files/upload-url', 200, declared)
    return { url, fileId }
  }
})

function mb(bytes: number): number {
  return Math.round(bytes / 1e6)
}
