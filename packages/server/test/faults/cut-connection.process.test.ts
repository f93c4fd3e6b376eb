import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createApi } from '../clients/api.ts'
import { eventually } from '../clients/eventually.ts'
import { createRandomFile, createScratchFolder, MIB, type RandomFile } from '../clients/random-file.ts'
import { finishUpload, objectOf, openUpload, rangeHeaders, send, storedBytes } from '../clients/session.ts'
import { startServer, type TestServer } from '../start-server.ts'

describe('a lost connection', () => {
  let server: TestServer
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  const api = createApi(() => server)

  before(async () => {
    server = await startServer()
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'cut', 2 * MIB + 77)
  })

  after(async () => {
    await server?.stop()
    await folder?.remove()
  })

  it('keeps every byte that arrived, also after a multiple of 256 KiB', async () => {
    const ticket = await api.uploadUrl('short.bin', file.sizeBytes)
    const headers = rangeHeaders(0, file.sizeBytes, file.sizeBytes)
    const upload = openUpload({ url: ticket.upload_url, headers })
    await upload.write(file.read(0, MIB + 333))
    upload.halfClose()
    await eventually('all bytes are kept', async () => (await storedBytes(ticket.upload_url)) === MIB + 333)
    await finishUpload(ticket.upload_url, file, MIB + 333)
    await api.assertArrived(ticket, 'short.bin', file)
  })

  it('never finishes an upload whose last chunk of a chunked body is missing', async () => {
    const ticket = await api.uploadUrl('unended.bin', file.sizeBytes)
    const upload = openUpload({ url: ticket.upload_url })
    await upload.write(file.read())
    upload.halfClose()
    const url = ticket.upload_url
    await eventually('all bytes are kept', async () => (await storedBytes(url)) === file.sizeBytes)
    const register = await api.call('POST', '/files', {
      filename: 'unended.bin',
      gcs_path: ticket.gcs_path,
      file_size: file.sizeBytes,
      mime_type: 'application/octet-stream',
    })
    assert.equal(register.status, 409)
    assert.equal(register.body.error.code, 'UPLOAD_INCOMPLETE')
    const said = await send({ url, headers: { 'Content-Range': `bytes */${file.sizeBytes}` } })
    objectOf(said, file.sizeBytes)
    await api.assertArrived(ticket, 'unended.bin', file)
  })

  it('never finishes an upload without a Content-Range whose body breaks off', async () => {
    const ticket = await api.uploadUrl('plain.bin', file.sizeBytes)
    const upload = openUpload({ url: ticket.upload_url, headers: { 'Content-Length': file.sizeBytes } })
    await upload.write(file.read(0, MIB + 1))
    upload.halfClose()
    const url = ticket.upload_url
    await eventually('all bytes are kept', async () => (await storedBytes(url)) === MIB + 1)
    // Sends the complete object again. The server skips the bytes that it holds.
    const complete = await send({ url, headers: { 'Content-Length': file.sizeBytes } }, file.read())
    objectOf(complete, file.sizeBytes)
    await api.assertArrived(ticket, 'plain.bin', file)
  })
})
