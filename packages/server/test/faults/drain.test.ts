import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { createApi } from '../clients/api.ts'
import { within } from '../clients/eventually.ts'
import { createRandomFile, createScratchFolder, MIB, type RandomFile } from '../clients/random-file.ts'
import {
  acknowledgedBytes,
  finishUpload,
  openUpload,
  rangeHeaders,
  send,
  storedBytes,
} from '../clients/session.ts'
import { startServer, type TestServer } from '../start-server.ts'

/** What the system may hold between the two ends of a connection is far less than this. */
const MORE_THAN_BUFFERS_BYTES = 40 * MIB

describe('a process that is told to end', () => {
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

  it('ends when nothing is going on, although clients keep idle connections', async () => {
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

/** The file from `start` on, a little at a time, until the connection is closed. */
async function* dripsOf(file: RandomFile, start: number, closed: Promise<void>): AsyncGenerator<Uint8Array> {
  for await (const piece of file.read(start)) {
    for (let at = 0; at < piece.length; at += 100) {
      yield piece.subarray(at, at + 100)
      const pause = new Promise((resolve) => setTimeout(resolve, 5))
      if ((await Promise.race([pause, closed.then(() => 'closed')])) === 'closed') return
    }
  }
}
