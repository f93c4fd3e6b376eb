import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createApi } from '../clients/api.ts'
import { eventually } from '../clients/eventually.ts'
import { createRandomFile, createScratchFolder, MIB } from '../clients/random-file.ts'
import { finishUpload } from '../clients/session.ts'
import { startServer, type TestServer } from '../start-server.ts'

describe('a download whose client stops reading', () => {
  let server: TestServer
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  const api = createApi(() => server)

  before(async () => {
    server = await startServer({ env: { UPLOAD_IDLE_SECONDS: '1' } })
    folder = await createScratchFolder()
  })

  after(async () => {
    await server?.stop()
    await folder?.remove()
  })

  it('is ended, and its connection is closed', async () => {
    const file = await createRandomFile(folder.path, 'stalled', 32 * MIB)
    const ticket = await api.uploadUrl('stalled.bin', file.sizeBytes)
    await finishUpload(ticket.upload_url, file, 0)
    const { id } = await api.assertArrived(ticket, 'stalled.bin', file)
    const { port, pathname, search } = new URL(await api.downloadUrl(id))
    const socket = connect(Number(port), '127.0.0.1')
    socket.pause()
    socket.on('error', () => {
      // The server resets the connection.
    })
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: waybill\r\n\r\n`)
    const isEnded = () => /"method":"GET","path":"[^"]*\/download","status":null/.test(server.output())
    assert.ok(await eventually('the download is ended', isEnded))
    socket.destroy()
  })
})
