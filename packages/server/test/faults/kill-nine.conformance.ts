import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { createApi, type FileAnswer, MIME_TYPE } from '../clients/api.ts'
import { createRandomFile, createScratchFolder, MIB, type RandomFile } from '../clients/random-file.ts'
import {
  acknowledgedBytes,
  finishUpload,
  objectOf,
  openUpload,
  rangeHeaders,
  send,
  storedBytes,
} from '../clients/session.ts'
import { startServer, type TestServer } from '../start-server.ts'

const FILE_BYTES = 10 * MIB + 54_321
const CHUNK_BYTES = MIB / 2
/** Kills of one upload; more in the long mode. */
const ROUNDS = Number(process.env.KILL_NINE_ROUNDS ?? 1)
/** Number of kills at the end of an upload, each one after a longer time. */
const ENDINGS = Math.max(2, ROUNDS)

/** Tests a service whose process is killed. `settings` returns its environment, such as that of another storage. */
export function describeKills(kind: string, settings: () => Promise<Record<string, string>>): void {
  describe(`a process ${kind} that is killed without warning`, () => {
    let server: TestServer
    let folder: Awaited<ReturnType<typeof createScratchFolder>>
    let file: RandomFile
    const api = createApi(() => server)

    before(async () => {
      server = await startServer({ env: await settings() })
      folder = await createScratchFolder()
      file = await createRandomFile(folder.path, 'killed', FILE_BYTES)
    })

    after(async () => {
      await server?.stop()
      await folder?.remove()
    })

    const killAndRestart = async () => {
      await server.kill('SIGKILL')
      server = await server.restart()
    }

    it('keeps every acknowledged byte, whenever it is killed', async () => {
      const ticket = await api.uploadUrl('chunks.bin', file.sizeBytes)
      let stored = 0
      for (let round = 1; round <= ROUNDS; round += 1) {
        const killAt = randomPoint(`chunks ${round}`, stored, stored + file.sizeBytes / ROUNDS)
        const acknowledged = await sendChunksUntil(ticket.upload_url, stored, killAt)
        await killAndRestart()
        const offset = await storedBytes(ticket.upload_url)
        assert.ok(offset >= acknowledged, `round ${round}: ${offset} left of ${acknowledged} acknowledged`)
        assert.ok(offset <= killAt, `round ${round}: ${offset} stored of ${killAt} sent`)
        stored = offset
      }
      await finishUpload(ticket.upload_url, file, stored)
      await api.assertArrived(ticket, 'chunks.bin', file)
    })

    /** Sends chunks from `start` on, and stops within a chunk at `killAt`. */
    async function sendChunksUntil(url: string, start: number, killAt: number): Promise<number> {
      let acknowledged = start
      while (acknowledged + CHUNK_BYTES <= killAt) {
        const end = acknowledged + CHUNK_BYTES
        const headers = rangeHeaders(acknowledged, end, file.sizeBytes)
        const answer = await send({ url, headers }, file.read(acknowledged, end))
        assert.equal(answer.status, 308, answer.body)
        acknowledged = acknowledgedBytes(answer)
      }
      const end = Math.min(acknowledged + CHUNK_BYTES, file.sizeBytes)
      const chunk = openUpload({ url, headers: rangeHeaders(acknowledged, end, file.sizeBytes) })
      await chunk.write(file.read(acknowledged, killAt))
      return acknowledged
    }

    it('never acknowledges bytes that it does not hold, and resumes the same long request', async () => {
      const ticket = await api.uploadUrl('long.bin', file.sizeBytes)
      let stored = 0
      for (let round = 1; round <= ROUNDS; round += 1) {
        const killAt = randomPoint(`long ${round}`, stored, file.sizeBytes)
        const headers = rangeHeaders(stored, file.sizeBytes, file.sizeBytes)
        const upload = openUpload({ url: ticket.upload_url, headers })
        await upload.write(file.read(stored, killAt))
        await killAndRestart()
        const offset = await storedBytes(ticket.upload_url)
        assert.ok(
          offset >= stored && offset <= killAt,
          `${offset} stored of ${killAt} sent, ${stored} before`,
        )
        stored = offset
      }
      await finishUpload(ticket.upload_url, file, stored)
      await api.assertArrived(ticket, 'long.bin', file)
    })

    it('creates one object for an upload, whether it is killed before or after the last byte', async () => {
      const small = await createRandomFile(folder.path, 'ending', MIB)
      for (let round = 1; round <= ENDINGS; round += 1) {
        const ticket = await api.uploadUrl('ending.bin', small.sizeBytes)
        const url = ticket.upload_url
        const upload = openUpload({ url, headers: rangeHeaders(0, small.sizeBytes, small.sizeBytes) })
        await upload.write(small.read())
        upload.end()
        // Later rounds give the process more time before it is killed.
        for (let question = 1; question < round; question += 1) await fetch(`${server.url}/v1/health`)
        await killAndRestart()
        const asked = await send({ url, headers: { 'Content-Range': `bytes */${small.sizeBytes}` } })
        if (asked.status === 308) await finishUpload(url, small, acknowledgedBytes(asked))
        else objectOf(asked, small.sizeBytes)
        await api.assertArrived(ticket, 'ending.bin', small)
      }
    })

    it('registers once, whether it is killed before or after the registration', async () => {
      const small = await createRandomFile(folder.path, 'registering', MIB)
      for (let round = 1; round <= ENDINGS; round += 1) {
        const ticket = await api.uploadUrl('registering.bin', small.sizeBytes)
        await finishUpload(ticket.upload_url, small, 0)
        const first = api.register(ticket, 'registering.bin', small.sizeBytes).catch(() => undefined)
        for (let question = 1; question < round; question += 1) await fetch(`${server.url}/v1/health`)
        await killAndRestart()
        const again = await api.assertArrived(ticket, 'registering.bin', small)
        assert.deepEqual((await first) ?? again, again)
      }
    })

    it('shares stored bytes completely or not at all, whenever it is killed, and never loses the first File', async () => {
      const small = await createRandomFile(folder.path, 'shared', MIB)
      const facts = {
        filename: 'shared.bin',
        file_size: small.sizeBytes,
        mime_type: MIME_TYPE,
        sha256: small.sha256,
      }
      const ask = async () => {
        const { status, body } = await api.call('POST', '/files/upload-url', facts)
        assert.equal(status, 200, JSON.stringify(body))
        return body
      }
      const ticket = await ask()
      await finishUpload(ticket.upload_url, small, 0)
      const first = await api.register(ticket, 'shared.bin', small.sizeBytes)
      const rightBytes = { status: 200, sha256: small.sha256 }
      for (let round = 1; round <= ENDINGS; round += 1) {
        const asking = ask().catch(() => null)
        for (let question = 1; question < round; question += 1) await fetch(`${server.url}/v1/health`)
        await killAndRestart()
        const answered = await asking
        assert.deepEqual(await api.download(first.id), rightBytes)
        const { files } = (await api.call('GET', '/files?limit=100')).body
        const shared: FileAnswer[] = files.filter(
          (one: FileAnswer) => one.original_filename === 'shared.bin' && one.id !== first.id,
        )
        if (answered !== null) assert.ok(shared.some(({ id }) => id === answered.file.id))
        for (const { id } of shared) {
          assert.deepEqual(await api.download(id), rightBytes)
          assert.equal((await api.call('DELETE', `/files/${id}`)).status, 204)
        }
      }
      const { already_stored, file: last } = await ask()
      assert.equal(already_stored, true)
      assert.equal((await api.call('DELETE', `/files/${first.id}`)).status, 204)
      assert.deepEqual(await api.download(last.id), rightBytes)
    })

    it('keeps the bytes that a status query acknowledged during a request', async () => {
      const ticket = await api.uploadUrl('asked.bin', file.sizeBytes)
      const headers = rangeHeaders(0, file.sizeBytes, file.sizeBytes)
      const upload = openUpload({ url: ticket.upload_url, headers })
      await upload.write(file.read(0, 9 * MIB))
      const told = await storedBytes(ticket.upload_url)
      await killAndRestart()
      const offset = await storedBytes(ticket.upload_url)
      assert.ok(offset >= told, `${offset} left of ${told} told`)
      await finishUpload(ticket.upload_url, file, offset)
      await api.assertArrived(ticket, 'asked.bin', file)
    })

    it('keeps what it confirmed last: a cancellation, a finished object and a File', async () => {
      const [cancelled, finished, registered] = await Promise.all([
        api.uploadUrl('cancelled.bin', file.sizeBytes),
        api.uploadUrl('finished.bin', file.sizeBytes),
        api.uploadUrl('registered.bin', file.sizeBytes),
      ])
      await finishUpload(registered.upload_url, file, 0)
      const object = await finishUpload(finished.upload_url, file, 0)
      assert.equal((await send({ url: cancelled.upload_url, method: 'DELETE' })).status, 499)
      const confirmed = await api.register(registered, 'registered.bin', file.sizeBytes)
      await killAndRestart()

      const { status, body } = await api.call('GET', `/files/${confirmed.id}`)
      assert.deepEqual({ status, body }, { status: 200, body: confirmed })
      assert.deepEqual(await api.download(confirmed.id), { status: 200, sha256: file.sha256 })

      const again = await send({ url: finished.upload_url, headers: { 'Content-Range': 'bytes */*' } })
      assert.deepEqual(objectOf(again, file.sizeBytes), object)
      await api.assertArrived(finished, 'finished.bin', file)

      const headers = rangeHeaders(0, MIB, '*')
      assert.equal((await send({ url: cancelled.upload_url, headers }, file.read(0, MIB))).status, 499)
    })
  })
}

/** Returns an integer from `low` to below `high`, the same for the same seed. */
function randomPoint(seed: string, low: number, high: number): number {
  const fraction = createHash('sha256').update(seed).digest().readUInt32BE() / 2 ** 32
  return Math.floor(low + fraction * (high - low))
}
