import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { type ApiAnswer, createApi, MIME_TYPE } from '../clients/api.ts'
import { eventually } from '../clients/eventually.ts'
import { createRandomFile, createScratchFolder, MIB, type RandomFile } from '../clients/random-file.ts'
import {
  type Answer,
  acknowledgedBytes,
  finishUpload,
  objectOf,
  rangeHeaders,
  send,
  storedBytes,
} from '../clients/session.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { mountSmallDisk } from './small-disk.ts'

const DISK_BYTES = 160 * MIB
const FILE_BYTES = 12 * MIB + 99
const CHUNK_BYTES = 2 * MIB

const disk = mountSmallDisk(DISK_BYTES)

describe('a full disk', { skip: typeof disk === 'string' && disk }, () => {
  if (typeof disk === 'string') return
  let server: TestServer
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  const api = createApi(() => server)

  before(async () => {
    server = await startServer({ dataDir: disk.path })
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'full', FILE_BYTES)
  })

  // A failed test must not leave a full disk to the next one.
  afterEach(() => disk.empty())

  after(async () => {
    await server?.stop()
    disk.unmount()
    await folder?.remove()
  })

  async function sendChunksUntilRefused(url: string): Promise<{ refusal: Answer; acknowledged: number }> {
    let acknowledged = 0
    for (;;) {
      const end = Math.min(acknowledged + CHUNK_BYTES, file.sizeBytes)
      const headers = rangeHeaders(acknowledged, end, file.sizeBytes)
      const answer = await send({ url, headers }, file.read(acknowledged, end))
      if (answer.status !== 308) return { refusal: answer, acknowledged }
      acknowledged = acknowledgedBytes(answer)
    }
  }

  it('refuses a chunk that does not fit, and accepts it when there is space again', async () => {
    const ticket = await api.uploadUrl('chunks.bin', file.sizeBytes)
    await disk.fill(10 * MIB)
    const { refusal, acknowledged } = await sendChunksUntilRefused(ticket.upload_url)
    assert.equal(refusal.status, 507, refusal.body)
    assert.ok(acknowledged > 0)
    assert.ok((await storedBytes(ticket.upload_url)) >= acknowledged)
    await disk.empty()
    const offset = await storedBytes(ticket.upload_url)
    assert.ok(offset >= acknowledged, `${offset} left of ${acknowledged} acknowledged`)
    await finishUpload(ticket.upload_url, file, offset)
    await api.assertArrived(ticket, 'chunks.bin', file)
  })

  it('refuses a long request in its middle, and its client receives the answer', async () => {
    const ticket = await api.uploadUrl('long.bin', file.sizeBytes)
    await disk.fill(9 * MIB)
    const complete = { url: ticket.upload_url, headers: { 'Content-Length': file.sizeBytes } }
    const refusal = await send(complete, file.read())
    assert.equal(refusal.status, 507, refusal.body)
    await disk.empty()
    objectOf(await send(complete, file.read()), file.sizeBytes)
    await api.assertArrived(ticket, 'long.bin', file)
  })

  it('resumes after the process was killed on the full disk', async () => {
    const ticket = await api.uploadUrl('restarted.bin', file.sizeBytes)
    await disk.fill(10 * MIB)
    const { refusal, acknowledged } = await sendChunksUntilRefused(ticket.upload_url)
    assert.equal(refusal.status, 507, refusal.body)
    await server.kill('SIGKILL')
    await disk.empty()
    server = await server.restart()
    const offset = await storedBytes(ticket.upload_url)
    assert.ok(offset >= acknowledged, `${offset} left of ${acknowledged} acknowledged`)
    await finishUpload(ticket.upload_url, file, offset)
    await api.assertArrived(ticket, 'restarted.bin', file)
  })

  it('uses no space for bytes that it does not acknowledge', async () => {
    const ticket = await api.uploadUrl('held.bin', file.sizeBytes)
    const room = 12 * MIB
    await disk.fill(room)
    const complete = { url: ticket.upload_url, headers: { 'Content-Length': file.sizeBytes } }
    assert.equal((await send(complete, file.read())).status, 507)
    const stored = await storedBytes(ticket.upload_url)
    const free = await disk.freeBytes()
    assert.ok(stored + free >= room - MIB, `${stored} counted and ${free} free of ${room}`)
    await disk.empty()
    objectOf(await send(complete, file.read()), file.sizeBytes)
    await api.assertArrived(ticket, 'held.bin', file)
  })

  it('cancels the session that filled the disk, and frees its space', async () => {
    const ticket = await api.uploadUrl('cancelled.bin', file.sizeBytes)
    const room = 12 * MIB
    await disk.fill(room)
    const complete = { url: ticket.upload_url, headers: { 'Content-Length': file.sizeBytes } }
    assert.equal((await send(complete, file.read())).status, 507)
    const cancelled = await send({ url: ticket.upload_url, method: 'DELETE' })
    assert.equal(cancelled.status, 499, cancelled.body)
    await eventually('the room is free again', async () => (await disk.freeBytes()) >= room - MIB)
    await disk.empty()
  })

  it('refuses a direct upload with STORAGE_FULL and keeps nothing of it', async () => {
    await disk.fill(6 * MIB)
    const before = await api.call('GET', '/files')
    assertStorageFull(await uploadDirectly())
    const since = await api.call('GET', '/files')
    assert.equal(since.body.total, before.body.total)
    await disk.empty()
    const { status, body } = await uploadDirectly()
    assert.equal(status, 201, JSON.stringify(body))
    assert.deepEqual(await api.download(body.id), { status: 200, sha256: file.sha256 })
  })

  async function uploadDirectly(): Promise<ApiAnswer> {
    const pieces: Uint8Array<ArrayBuffer>[] = []
    for await (const piece of file.read()) pieces.push(piece)
    const form = new FormData()
    form.set('file', new Blob(pieces, { type: MIME_TYPE }), 'direct.bin')
    const headers = { 'X-API-Key': server.apiKey }
    const response = await fetch(`${server.baseUrl}/files/upload`, { method: 'POST', headers, body: form })
    return { status: response.status, body: await response.json() }
  }

  it('answers API calls with STORAGE_FULL when there is no space for records, and recovers afterwards', async () => {
    await disk.fill(0)
    const spec = { filename: 'none.bin', file_size: file.sizeBytes, mime_type: MIME_TYPE }
    // The database may have space for some calls in its own files.
    for (let call = 0; call < 100; call += 1) {
      const answer = await api.call('POST', '/files/upload-url', spec)
      if (answer.status === 200) continue
      assertStorageFull(answer)
      break
    }
    assert.equal((await api.call('GET', '/files')).status, 200)
    assert.equal((await fetch(`${server.url}/v1/health`)).status, 200)
    await disk.empty()
    const ticket = await api.uploadUrl('after.bin', file.sizeBytes)
    await finishUpload(ticket.upload_url, file, 0)
    await api.assertArrived(ticket, 'after.bin', file)
  })

  it('deletes, reads and restarts without a free byte, refuses to add, and recovers when there is space', async () => {
    const ids: string[] = []
    for (const name of ['one.bin', 'two.bin']) {
      const ticket = await api.uploadUrl(name, file.sizeBytes)
      await finishUpload(ticket.upload_url, file, 0)
      ids.push((await api.register(ticket, name, file.sizeBytes)).id)
    }
    const [first = '', second = ''] = ids
    await disk.fill(0)
    await server.kill('SIGTERM')
    await disk.fill(0)
    server = await server.restart()
    assert.deepEqual(await (await fetch(`${server.url}/v1/health`)).json(), { status: 'read_only' })
    const details = await fetch(`${server.url}/v1/health/details`)
    assert.equal(details.status, 200)
    assert.equal(((await details.json()) as { status: string }).status, 'read_only')
    assert.deepEqual(await api.download(second), { status: 200, sha256: file.sha256 })
    assert.equal((await api.call('GET', '/files')).status, 200)
    const spec = { filename: 'none.bin', file_size: 10, mime_type: MIME_TYPE }
    assertStorageFull(await api.call('POST', '/files/upload-url', spec))
    await disk.fill(0)
    assert.equal((await api.call('DELETE', `/files/${first}`)).status, 204)
    assert.equal((await api.call('GET', `/files/${first}`)).status, 404)
    await eventually('it leaves the state', async () => {
      const health = (await (await fetch(`${server.url}/v1/health`)).json()) as { status: string }
      return health.status === 'ok'
    })
    assert.equal((await api.call('POST', '/files/upload-url', spec)).status, 200)
    assert.equal((await api.call('DELETE', `/files/${second}`)).status, 204)
    await disk.empty()
  })

  it('starts without a free byte after it was killed', async () => {
    const ticket = await api.uploadUrl('killed.bin', file.sizeBytes)
    await finishUpload(ticket.upload_url, file, 0)
    const { id } = await api.register(ticket, 'killed.bin', file.sizeBytes)
    await disk.fill(0)
    await server.kill('SIGKILL')
    await disk.fill(0)
    server = await server.restart()
    assert.deepEqual(await (await fetch(`${server.url}/v1/health`)).json(), { status: 'read_only' })
    assert.deepEqual(await api.download(id), { status: 200, sha256: file.sha256 })
    await disk.fill(0)
    assert.equal((await api.call('DELETE', `/files/${id}`)).status, 204)
    await disk.empty()
  })

  it('refuses at upload-url a size that the disk cannot hold', async () => {
    const tooLarge = { filename: 'large.bin', file_size: DISK_BYTES, mime_type: MIME_TYPE }
    assertStorageFull(await api.call('POST', '/files/upload-url', tooLarge))
    const half = { ...tooLarge, file_size: Math.floor((await disk.freeBytes()) * 0.6) }
    const opened = await api.call('POST', '/files/upload-url', half)
    assert.equal(opened.status, 200, JSON.stringify(opened.body))
    assertStorageFull(await api.call('POST', '/files/upload-url', half))
    assert.equal((await send({ url: opened.body.upload_url, method: 'DELETE' })).status, 499)
    const again = await api.call('POST', '/files/upload-url', half)
    assert.equal(again.status, 200, JSON.stringify(again.body))
  })
})

function assertStorageFull({ status, body }: ApiAnswer) {
  assert.equal(status, 507, JSON.stringify(body))
  assert.equal(body.success, false)
  const { code, type } = body.error
  assert.deepEqual(
    { code, type, status: body.error.status },
    {
      code: 'STORAGE_FULL',
      type: 'server_error',
      status: 507,
    },
  )
  assert.deepEqual(Object.keys(body.error).sort(), [
    'code',
    'details',
    'message',
    'status',
    'system_message',
    'timestamp',
    'trace_id',
    'type',
  ])
}
