import assert from 'node:assert/strict'
import type { OutgoingHttpHeaders } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { createApi } from '../clients/api.ts'
import { within } from '../clients/eventually.ts'
import { createRandomFile, createScratchFolder, MIB, type RandomFile } from '../clients/random-file.ts'
import {
  type Answer,
  acknowledgedBytes,
  finishUpload,
  objectOf,
  openUpload,
  rangeHeaders,
  send,
  storedBytes,
} from '../clients/session.ts'
import { startServer, type TestServer } from '../start-server.ts'

const RACERS = 8

describe('several connections on one session', () => {
  let server: TestServer
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let file: RandomFile
  const api = createApi(() => server)

  before(async () => {
    server = await startServer()
    folder = await createScratchFolder()
    file = await createRandomFile(folder.path, 'shared', 12 * MIB + 5)
  })

  after(async () => {
    await server?.stop()
    await folder?.remove()
  })

  const wholeHeaders = () => rangeHeaders(0, file.sizeBytes, file.sizeBytes)

  it('closes a stalled older connection when a newer one resumes, and the newer one completes', async () => {
    const ticket = await api.uploadUrl('stalled.bin', file.sizeBytes)
    const older = openUpload({ url: ticket.upload_url, headers: wholeHeaders() })
    await older.write(file.read(0, 7 * MIB + 11))
    const offset = await storedBytes(ticket.upload_url)
    await finishUpload(ticket.upload_url, file, offset)
    await within('the older connection is closed', older.closed)
    await api.assertArrived(ticket, 'stalled.bin', file)
  })

  it('closes the older connection as soon as the newer one sends data', async () => {
    const ticket = await api.uploadUrl('ghost.bin', file.sizeBytes)
    const older = openUpload({ url: ticket.upload_url, headers: wholeHeaders() })
    await older.write(file.read(0, 5 * MIB))
    const newer = openUpload({ url: ticket.upload_url, headers: wholeHeaders() })
    await newer.write(file.read(0, 6 * MIB))
    await within('the older connection is closed', older.closed)
    await newer.write(file.read(6 * MIB))
    newer.end()
    objectOf(await newer.answer, file.sizeBytes)
    await api.assertArrived(ticket, 'ghost.bin', file)
  })

  it('replaces a chunk in flight by the same chunk sent again', async () => {
    const ticket = await api.uploadUrl('again.bin', file.sizeBytes)
    const headers = rangeHeaders(0, 4 * MIB, '*')
    const older = openUpload({ url: ticket.upload_url, headers })
    await older.write(file.read(0, 3 * MIB + 1))
    const answer = await send({ url: ticket.upload_url, headers }, file.read(0, 4 * MIB))
    assert.equal(answer.status, 308, answer.body)
    assert.equal(acknowledgedBytes(answer), 4 * MIB)
    await within('the older connection is closed', older.closed)
    await finishUpload(ticket.upload_url, file, 4 * MIB)
    await api.assertArrived(ticket, 'again.bin', file)
  })

  it('answers status queries without interrupting the sender', async () => {
    const ticket = await api.uploadUrl('asked.bin', file.sizeBytes)
    const upload = openUpload({ url: ticket.upload_url, headers: wholeHeaders() })
    let told = 0
    for (let start = 0; start < 12 * MIB; start += 2 * MIB) {
      await upload.write(file.read(start, start + 2 * MIB))
      const offset = await storedBytes(ticket.upload_url)
      assert.ok(offset >= told, `told ${offset} after ${told}`)
      assert.ok(offset <= start + 2 * MIB, `told ${offset} of ${start + 2 * MIB} sent`)
      told = offset
    }
    await upload.write(file.read(12 * MIB))
    upload.end()
    objectOf(await upload.answer, file.sizeBytes)
    await api.assertArrived(ticket, 'asked.bin', file)
  })

  /** Returns the answers of the requests whose connection was not closed. */
  async function raceToSend(url: string, headers: OutgoingHttpHeaders, start: number): Promise<Answer[]> {
    const racers = Array.from({ length: RACERS }, () => send({ url, headers }, file.read(start)))
    const outcomes = await within('every racer has ended', Promise.allSettled(racers))
    return outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value)
  }

  it('creates exactly one object when many requests send it completely at once', async () => {
    const ticket = await api.uploadUrl('raced.bin', file.sizeBytes)
    const headers = { 'Content-Length': file.sizeBytes }
    assertOneObject(await raceToSend(ticket.upload_url, headers, 0), file.sizeBytes)
    await api.assertArrived(ticket, 'raced.bin', file)
    const { body } = await api.call('GET', '/files')
    const named = body.files.filter((listed: { id: string }) => listed.id === ticket.file_id)
    assert.equal(named.length, 1)
  })

  it('creates exactly one object when many requests send the last chunk at once', async () => {
    const ticket = await api.uploadUrl('last.bin', file.sizeBytes)
    const first = rangeHeaders(0, 8 * MIB, '*')
    const stored = await send({ url: ticket.upload_url, headers: first }, file.read(0, 8 * MIB))
    assert.equal(acknowledgedBytes(stored), 8 * MIB)
    const headers = rangeHeaders(8 * MIB, file.sizeBytes, file.sizeBytes)
    assertOneObject(await raceToSend(ticket.upload_url, headers, 8 * MIB), file.sizeBytes)
    await api.assertArrived(ticket, 'last.bin', file)
  })
})

/** Asserts that all answers are those of one object. The other connections were closed. */
function assertOneObject(answers: readonly Answer[], sizeBytes: number) {
  assert.ok(answers.length > 0, 'the newest request completes')
  const objects = answers.map((answer) => objectOf(answer, sizeBytes))
  for (const object of objects) assert.deepEqual(object, objects[0])
}
