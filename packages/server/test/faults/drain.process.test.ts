import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createApi } from '../clients/api.ts'
import { within } from '../clients/eventually.ts'
import {
  createRandomFile,
  createScratchFolder,
  MIB,
  type RandomFile,
  sha256Of,
} from '../clients/random-file.ts'
import {
  acknowledgedBytes,
  finishUpload,
  openUpload,
  rangeHeaders,
  send,
  storedBytes,
} from '../clients/session.ts'
import { startServer, type TestServer } from '../start-server.ts'

/** Much more than the system buffers of a connection hold. */
const MORE_THAN_BUFFERS_BYTES = 20 * MIB
const STRANGERS = 50
const FILE_PART = ['--x', 'Content-Disposition: form-data; name="file"; filename="a"', '']

describe('a process that shuts down', () => {
  let server: TestServer
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  const api = createApi(() => server)

  before(async () => {
    server = await startServer()
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'drained', MORE_THAN_BUFFERS_BYTES + 8 * MIB)
  })

  after(async () => {
    await server?.stop()
    await folder?.remove()
  })

  const assertDrainedAfter = async (url: string, acknowledged: number) => {
    const exitCode = await within('the process ends', server.kill('SIGTERM'))
    assert.equal(exitCode, 0)
    server = await server.restart()
    const offset = await storedBytes(url)
    assert.ok(offset > acknowledged, `${offset} stored, and ${acknowledged} were acknowledged before`)
    return offset
  }

  it('keeps the bytes of an upload that stalls', async () => {
    const ticket = await api.uploadUrl('stalled.bin', file.sizeBytes)
    const url = ticket.upload_url
    const first = await send({ url, headers: rangeHeaders(0, MIB, '*') }, file.read(0, MIB))
    assert.equal(acknowledgedBytes(first), MIB)
    const upload = openUpload({ url, headers: rangeHeaders(MIB, file.sizeBytes, file.sizeBytes) })
    await upload.write(file.read(MIB, MIB + MORE_THAN_BUFFERS_BYTES))
    const offset = await assertDrainedAfter(url, MIB)
    assert.ok(offset <= MIB + MORE_THAN_BUFFERS_BYTES)
    await finishUpload(url, file, offset)
    await api.assertArrived(ticket, 'stalled.bin', file)
  })

  it('does not wait for an upload that keeps sending a little, and keeps its bytes', async () => {
    const ticket = await api.uploadUrl('slow.bin', file.sizeBytes)
    const url = ticket.upload_url
    const upload = openUpload({ url, headers: rangeHeaders(0, file.sizeBytes, file.sizeBytes) })
    await upload.write(file.read(0, MORE_THAN_BUFFERS_BYTES))
    const dripping = upload.write(dripsOf(file, MORE_THAN_BUFFERS_BYTES, upload.closed))
    const offset = await assertDrainedAfter(url, 0)
    await dripping
    await finishUpload(url, file, offset)
    await api.assertArrived(ticket, 'slow.bin', file)
  })

  it('waits for a slow download, but not for unauthenticated clients that send slowly', async () => {
    const download = await startDownload()
    const files = `/v1/organizations/${server.organizationId}/files`
    const body = ['Host: a', 'Content-Length: 1000000', 'Content-Type: application/json']
    const parts = [...body.slice(0, 2), 'Content-Type: multipart/form-data; boundary=x']
    const key = `X-API-Key: ${server.apiKey}`
    const { upload_url } = await api.uploadUrl('slow.bin', 1_000_000)
    const { pathname, search } = new URL(upload_url)
    const heads = [
      [],
      ['GET /v1/health HTTP/1.1'],
      ['POST /nowhere HTTP/1.1', ...body, ''],
      [`POST ${files} HTTP/1.1`, ...body, ''],
      [`POST ${files} HTTP/1.1`, ...body, key, ''],
      [`POST ${files}/upload HTTP/1.1`, ...parts, ''],
      [`POST ${files}/upload HTTP/1.1`, ...parts, key, ''],
      [`POST ${files}/upload HTTP/1.1`, ...parts, key, '', ...FILE_PART],
      ['PUT /upload/storage/v1/b/waybill/o?upload_id=none HTTP/1.1', ...body, ''],
      [`PUT ${pathname}${search} HTTP/1.1`, ...body, ''],
    ]
    const sockets = await Promise.all(
      Array.from({ length: STRANGERS }, (_, index) => dripSlowly(server, heads[index % heads.length] ?? [])),
    )
    const ended = server.kill('SIGTERM')
    await within('the slow clients are disconnected', Promise.all(sockets.map(untilClosed)))
    // If the process had ended by then, this download would be incomplete.
    assert.equal(await within('the download ends', sha256Of(download)), file.sha256)
    assert.equal(await within('the process ends', ended), 0)
    server = await server.restart()
  })

  /** Starts to download the file, and leaves most of it unread. */
  async function startDownload(): Promise<IncomingMessage> {
    const ticket = await api.uploadUrl('downloaded.bin', file.sizeBytes)
    await finishUpload(ticket.upload_url, file, 0)
    const { id } = await api.register(ticket, 'downloaded.bin', file.sizeBytes)
    const [download] = await once(get(await api.downloadUrl(id), { agent: false }), 'response')
    return download
  }

  it('ends when no request runs, although clients keep idle connections', async () => {
    const agent = new Agent({ keepAlive: true })
    const ticket = await api.uploadUrl('idle.bin', file.sizeBytes)
    const headers = { 'Content-Range': 'bytes */*', 'Content-Length': 0 }
    assert.equal((await send({ url: ticket.upload_url, headers, agent })).status, 308)
    assert.equal(await within('the process ends', server.kill('SIGTERM')), 0)
    agent.destroy()
    server = await server.restart()
    assert.equal((await send({ url: ticket.upload_url, headers })).status, 308)
  })
})

/** Resolves when the connection is closed, also after an error. */
function untilClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}

/** Opens a connection that sends these lines, then a byte at an interval until the server closes it. */
async function dripSlowly({ url }: TestServer, lines: readonly string[]): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  await once(socket, 'connect')
  socket.on('error', () => {
    // The server closed it.
  })
  socket.write(lines.map((line) => `${line}\r\n`).join(''))
  const drip = setInterval(() => socket.write('a'), 100)
  socket.once('close', () => clearInterval(drip))
  return socket
}

/** Yields the file from `start` on in small pieces until the connection is closed. */
async function* dripsOf(file: RandomFile, start: number, closed: Promise<void>): AsyncGenerator<Uint8Array> {
  for await (const piece of file.read(start)) {
    for (let at = 0; at < piece.length; at += 100) {
      yield piece.subarray(at, at + 100)
      const pause = new Promise((resolve) => setTimeout(resolve, 5))
      if ((await Promise.race([pause, closed.then(() => 'closed')])) === 'closed') return
    }
  }
}
