import assert from 'node:assert/strict'
import { Agent, type OutgoingHttpHeaders } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { createApi } from './api.ts'
import { createRandomFile, createScratchFolder, MIB, type RandomFile } from './random-file.ts'
import { type Answer, acknowledgedBytes, objectOf, openUpload, rangeHeaders, send } from './session.ts'

/** Default chunk size of the Go client. */
const CHUNK_BYTES = 16 * MIB

/** Header with the status: the HTTP library of Go treats a 308 as a redirect. */
const OVERRIDE = 'x-http-status-code-override'

describe('what Go clients send', () => {
  let server: TestApp
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  const api = createApi(() => server)

  before(async () => {
    server = await startApp()
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'go', 2 * CHUNK_BYTES + 777)
  })

  after(async () => {
    await server?.stop()
    await folder?.remove()
  })

  const post = (url: string, start: number, end: number, total: number | '*', agent?: Agent) =>
    send(
      { url, method: 'POST', headers: goHeaders(start, end, total), ...(agent && { agent }) },
      file.read(start, end),
    )

  it('POSTs every chunk on one connection and reads 308 from the override header', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    try {
      const ticket = await api.uploadUrl('chunks.bin', file.sizeBytes)
      assertIncomplete(await post(ticket.upload_url, 0, CHUNK_BYTES, '*', agent), CHUNK_BYTES)
      assertIncomplete(
        await post(ticket.upload_url, CHUNK_BYTES, 2 * CHUNK_BYTES, '*', agent),
        2 * CHUNK_BYTES,
      )
      const last = await post(ticket.upload_url, 2 * CHUNK_BYTES, file.sizeBytes, file.sizeBytes, agent)
      objectOf(last, file.sizeBytes)
      assert.equal(last.headers[OVERRIDE], undefined)
      await api.assertArrived(ticket, 'chunks.bin', file)
    } finally {
      agent.destroy()
    }
  })

  it('sends the same chunk again after its connection was lost, and no byte is stored twice', async () => {
    const ticket = await api.uploadUrl('cut.bin', file.sizeBytes)
    assertIncomplete(await post(ticket.upload_url, 0, CHUNK_BYTES, '*'), CHUNK_BYTES)
    const headers = goHeaders(CHUNK_BYTES, 2 * CHUNK_BYTES, '*')
    const broken = openUpload({ url: ticket.upload_url, method: 'POST', headers })
    // An odd number of bytes, to detect a server that keeps only complete blocks.
    await broken.write(file.read(CHUNK_BYTES, CHUNK_BYTES + 5 * MIB + 333))
    broken.cut()
    assertIncomplete(await post(ticket.upload_url, CHUNK_BYTES, 2 * CHUNK_BYTES, '*'), 2 * CHUNK_BYTES)
    objectOf(await post(ticket.upload_url, 2 * CHUNK_BYTES, file.sizeBytes, file.sizeBytes), file.sizeBytes)
    await api.assertArrived(ticket, 'cut.bin', file)
  })

  it('sends a stored chunk again, because its answer was lost, and gets the same answer', async () => {
    const ticket = await api.uploadUrl('twice.bin', file.sizeBytes)
    assertIncomplete(await post(ticket.upload_url, 0, CHUNK_BYTES, '*'), CHUNK_BYTES)
    assertIncomplete(await post(ticket.upload_url, 0, CHUNK_BYTES, '*'), CHUNK_BYTES)
    assertIncomplete(await post(ticket.upload_url, CHUNK_BYTES, 2 * CHUNK_BYTES, '*'), 2 * CHUNK_BYTES)
    assertIncomplete(await post(ticket.upload_url, CHUNK_BYTES, 2 * CHUNK_BYTES, '*'), 2 * CHUNK_BYTES)
    const last = await post(ticket.upload_url, 2 * CHUNK_BYTES, file.sizeBytes, file.sizeBytes)
    const again = await post(ticket.upload_url, 2 * CHUNK_BYTES, file.sizeBytes, file.sizeBytes)
    assert.deepEqual(objectOf(again, file.sizeBytes), objectOf(last, file.sizeBytes))
    await api.assertArrived(ticket, 'twice.bin', file)
  })

  it('gets 503 when a chunk starts after the stored bytes, and continues at their end', async () => {
    const ticket = await api.uploadUrl('gap.bin', file.sizeBytes)
    const early = await post(ticket.upload_url, CHUNK_BYTES, 2 * CHUNK_BYTES, '*')
    assert.equal(early.status, 503)
    assert.equal(early.headers['content-type'], 'text/plain; charset=utf-8')
    assert.equal(
      early.body,
      'Invalid request.  According to the Content-Range header, the upload offset is ' +
        `${CHUNK_BYTES} byte(s), which exceeds already uploaded size of 0 byte(s).`,
    )
    assertIncomplete(await post(ticket.upload_url, 0, CHUNK_BYTES, '*'), CHUNK_BYTES)
    assertIncomplete(await post(ticket.upload_url, CHUNK_BYTES, 2 * CHUNK_BYTES, '*'), 2 * CHUNK_BYTES)
    objectOf(await post(ticket.upload_url, 2 * CHUNK_BYTES, file.sizeBytes, file.sizeBytes), file.sizeBytes)
    await api.assertArrived(ticket, 'gap.bin', file)
  })

  it('ends with an empty POST of the total when the content ends with a chunk', async () => {
    const complete = await createRandomFile(folder.path, 'go-even', 4 * MIB)
    const ticket = await api.uploadUrl('even.bin', complete.sizeBytes)
    const url = ticket.upload_url
    const headers = goHeaders(0, complete.sizeBytes, '*')
    // The declared size is reached, so this is the final chunk although it names no total.
    const last = await send({ url, method: 'POST', headers }, complete.read())
    assert.equal(last.headers[OVERRIDE], undefined)
    const total = { ...goHeaders(0, 0, '*'), 'Content-Range': `bytes */${complete.sizeBytes}` }
    const said = await send({ url, method: 'POST', headers: total })
    assert.deepEqual(objectOf(said, complete.sizeBytes), objectOf(last, complete.sizeBytes))
    await api.assertArrived(ticket, 'even.bin', complete)
  })
})

function goHeaders(start: number, end: number, total: number | '*'): OutgoingHttpHeaders {
  return {
    ...rangeHeaders(start, end, total),
    'Content-Type': '',
    'X-GUploader-No-308': 'yes',
    'User-Agent': 'google-api-go-client/0.5',
    'Accept-Encoding': 'gzip',
  }
}

function assertIncomplete(answer: Answer, storedBytes: number) {
  assert.equal(answer.status, 200, answer.body)
  assert.equal(answer.headers[OVERRIDE], '308', answer.body)
  assert.equal(answer.body, '')
  assert.equal(acknowledgedBytes(answer), storedBytes)
}
