import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { createApi, type UploadTicket } from '../clients/api.ts'
import { MIB, observed, randomPieces } from '../clients/random-file.ts'
import { objectOf, send } from '../clients/session.ts'
import { startServer, type TestServer } from '../start-server.ts'

/** Peak of the process. A small upload takes it to 120 MB; a file kept in memory would take it over this limit. */
const LIMIT_BYTES = 250_000_000
/** More in the long mode. */
const SIZE_BYTES = Number(process.env.MEMORY_FILE_BYTES ?? 300_000_000)
const UPLOADS = Number(process.env.MEMORY_UPLOADS ?? 64)

/** All uploads together share buffers of this size, however many they are. */
const SHARED_BUFFERS_BYTES = 64 * MIB

const skip = process.platform !== 'linux' && 'the memory of a process is read from /proc'

describe('the memory of the process', { skip }, () => {
  let server: TestServer
  const api = createApi(() => server)

  before(async () => {
    server = await startServer()
  })

  after(() => server?.stop())

  async function peakBytes(): Promise<number> {
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
  }

  async function assertPeakUnder(limitBytes: number) {
    const peak = await peakBytes()
    console.log(`memory: ${Math.round(peak / 1e6)} MB at most, of ${Math.round(limitBytes / 1e6)} allowed`)
    assert.ok(peak < limitBytes, `${Math.round(peak / 1e6)} MB`)
  }

  /** Uploads bytes that exist only on their way, and answers with their SHA-256. */
  async function upload(ticket: UploadTicket, sizeBytes: number): Promise<string> {
    const hash = createHash('sha256')
    const headers = { 'Content-Length': sizeBytes }
    const body = Readable.from(observed(randomPieces(ticket.file_id, sizeBytes), hash))
    objectOf(await send({ url: ticket.upload_url, headers }, body), sizeBytes)
    return hash.digest('hex')
  }

  it('does not grow with the size of a file', async () => {
    const ticket = await api.uploadUrl('large.bin', SIZE_BYTES)
    const sha256 = await upload(ticket, SIZE_BYTES)
    await assertPeakUnder(LIMIT_BYTES)
    const registered = await api.register(ticket, 'large.bin', SIZE_BYTES)
    assert.deepEqual(await api.download(registered.id), { status: 200, sha256 })
    await assertPeakUnder(LIMIT_BYTES)
  })

  it('does not grow with the number of uploads', async () => {
    const sizeBytes = Math.floor(SIZE_BYTES / UPLOADS)
    const names = Array.from({ length: UPLOADS }, (_, index) => `upload-${index}.bin`)
    const tickets = await Promise.all(names.map((name) => api.uploadUrl(name, sizeBytes)))
    await Promise.all(tickets.map((ticket) => upload(ticket, sizeBytes)))
    await assertPeakUnder(LIMIT_BYTES + SHARED_BUFFERS_BYTES)
  })
})
