import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type OpenAI from 'openai'
import { MIB, randomPieces, sha256Of } from '../clients/random-file.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { STOCK_CLIENTS } from './stock-clients.ts'

const MAX_FILE_BYTES = 50 * MIB
/** Sizes of the parts of one file. */
const SIZES = [MIB, 1, 700_000, 3 * MIB, 65_536, 12_345]
const MIME_TYPE = 'application/octet-stream'

describe('uploads with the stock client', () => {
  let server: TestApp
  let strangerKey: string
  before(async () => {
    server = await startApp({ env: { MAX_FILE_BYTES: String(MAX_FILE_BYTES) } })
    strangerKey = (await server.addOrganization('org_stranger')).apiKey
  })
  after(() => server?.stop())

  for (const { name, create, toFile } of STOCK_CLIENTS) {
    describe(name, () => {
      let client: OpenAI
      let stranger: OpenAI
      const pieces = SIZES.map((size, index) => Buffer.concat([...randomPieces(`${name} ${index}`, size)]))
      const whole = Buffer.concat(pieces)
      const md5 = createHash('md5').update(whole).digest('hex')

      before(() => {
        const baseURL = `${server.url}/v1`
        client = create({ apiKey: server.apiKey, baseURL })
        stranger = create({ apiKey: strangerKey, baseURL })
      })

      const begin = (bytes = whole.length) =>
        client.uploads.create({ bytes, filename: 'a.bin', mime_type: MIME_TYPE, purpose: 'assistants' })
      /** Sends all pieces at the same time; returns the ids of the parts in the order of the bytes. */
      const sendAll = async (uploadId: string) => {
        const parts = pieces.map(async (piece) =>
          client.uploads.parts.create(uploadId, { data: await toFile(piece, 'part') }),
        )
        return (await Promise.all(parts)).map(({ id }) => id)
      }
      const contentOf = async (fileId: string) =>
        Buffer.from(await (await client.files.content(fileId)).arrayBuffer())

      it('sends parts at the same time and joins them in its order', async () => {
        const upload = await begin()
        assert.deepEqual([upload.object, upload.status, upload.file], ['upload', 'pending', null])
        const part_ids = await sendAll(upload.id)
        const completed = await client.uploads.complete(upload.id, { part_ids, md5 })
        assert.deepEqual([completed.status, completed.file?.bytes], ['completed', whole.length])
        const fileId = completed.file?.id ?? ''
        assert.deepEqual(completed.file, await client.files.retrieve(fileId))
        assert.ok(whole.equals(await contentOf(fileId)))
        assert.deepEqual(await client.uploads.complete(upload.id, { part_ids }), completed)
      })

      it('joins the bytes in another order than that of their arrival', async () => {
        const upload = await begin()
        const part_ids = (await sendAll(upload.id)).reverse()
        const wrong = client.uploads.complete(upload.id, { part_ids, md5 })
        await assert.rejects(wrong, { status: 400, code: 'checksum_mismatch', param: 'md5' })
        const { file } = await client.uploads.complete(upload.id, { part_ids })
        assert.ok(Buffer.concat(pieces.toReversed()).equals(await contentOf(file?.id ?? '')))
      })

      it('gets the reason of a refused list of parts, and can correct it', async () => {
        const upload = await begin()
        const part_ids = await sendAll(upload.id)
        const [first = ''] = part_ids
        for (const ids of [
          [...part_ids, first],
          [...part_ids.slice(1), 'part_unknown'],
        ]) {
          const refused = client.uploads.complete(upload.id, { part_ids: ids })
          await assert.rejects(refused, { status: 400, code: 'invalid_value', param: 'part_ids' })
        }
        const incomplete = client.uploads.complete(upload.id, { part_ids: part_ids.slice(1) })
        await assert.rejects(incomplete, { status: 400, code: 'bytes_mismatch' })
        assert.equal((await client.uploads.complete(upload.id, { part_ids })).status, 'completed')
      })

      it('cancels an upload', async () => {
        const upload = await begin()
        await sendAll(upload.id)
        assert.equal((await client.uploads.cancel(upload.id)).status, 'cancelled')
        const late = client.uploads.parts.create(upload.id, { data: await toFile(Buffer.from('x'), 'part') })
        await assert.rejects(late, { status: 400, code: 'upload_not_pending' })
      })

      it('gets 404 for an upload of another organization', async () => {
        const { id } = await begin()
        const data = await toFile(Buffer.from('x'), 'part')
        const refused = { status: 404, message: /No such Upload object/ }
        await assert.rejects(stranger.uploads.parts.create(id, { data }), refused)
        await assert.rejects(stranger.uploads.complete(id, { part_ids: ['part_1'] }), refused)
        await assert.rejects(stranger.uploads.cancel(id), refused)
      })

      it('gets 413 for a file beyond the limit', async () => {
        await assert.rejects(begin(MAX_FILE_BYTES + 1), { status: 413, code: 'file_too_large' })
      })
    })
  }
})

/**
 * Upper bounds of the server's peak (a small upload takes it to 120 MB) and of the growth of what the client keeps: six
 * parts, each with the copies of its form. Parts kept in memory would take both over them.
 */
const LIMIT_BYTES = { server: 250_000_000, client: 250_000_000 }
const PART_BYTES = 8 * MIB
const AT_ONCE = 6
/** More in the long mode. */
const LARGE_BYTES = Number(process.env.MEMORY_FILE_BYTES ?? 600_000_000)

describe('the memory of server and client during uploads of parts', {
  skip: process.platform !== 'linux',
}, () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server?.stop())

  it('does not grow with the size of a file', async (t) => {
    const [newest] = STOCK_CLIENTS.toReversed()
    assert.ok(newest)
    const client = newest.create({ apiKey: server.apiKey, baseURL: `${server.url}/v1` })
    const sizes = Array.from({ length: Math.ceil(LARGE_BYTES / PART_BYTES) }, (_, index) =>
      Math.min(PART_BYTES, LARGE_BYTES - index * PART_BYTES),
    )
    const { id } = await client.uploads.create({
      bytes: LARGE_BYTES,
      filename: 'large.bin',
      mime_type: MIME_TYPE,
      purpose: 'user_data',
    })
    const partIds: string[] = []
    const liveBytes = createLiveBytes()
    const keptBytes = [liveBytes()]
    const waiting = [...sizes.entries()]
    const sendSome = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, size] = next
        const data = await newest.toFile(Buffer.concat([...randomPieces(String(index), size)]), 'part')
        partIds[index] = (await client.uploads.parts.create(id, { data })).id
        keptBytes.push(liveBytes())
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, sendSome))
    const [md5, sha256] = [createHash('md5'), createHash('sha256')]
    for (const [index, size] of sizes.entries()) {
      for (const piece of randomPieces(String(index), size)) {
        md5.update(piece)
        sha256.update(piece)
      }
    }
    const { file } = await client.uploads.complete(id, { part_ids: partIds, md5: md5.digest('hex') })
    const content = await client.files.content(file?.id ?? '')
    assert.ok(content.body)
    assert.equal(await sha256Of(content.body as never), sha256.digest('hex'))
    keptBytes.push(liveBytes())
    const growth = Math.max(...keptBytes) - (keptBytes[0] ?? 0)
    const peaks = { server: await peakBytesOf(server.pid), client: growth }
    for (const name of ['server', 'client'] as const) {
      const megabytes = `${name}: ${Math.round(peaks[name] / 1e6)} MB`
      t.diagnostic(megabytes)
      assert.ok(peaks[name] < LIMIT_BYTES[name], megabytes)
    }
  })
})

/** Returns a function that collects garbage, and returns the bytes that the process keeps. */
function createLiveBytes(): () => number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  return () => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
}

async function peakBytesOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024
}
