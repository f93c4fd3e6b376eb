import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { MIME_TYPE } from '../clients/api.ts'
import { eventually } from '../clients/eventually.ts'
import { MIB, randomPieces } from '../clients/random-file.ts'
import { openUpload } from '../clients/session.ts'
import { listeningUrl, runWaybill, spawnWaybill, startServer, type TestServer } from '../start-server.ts'

const QUOTA = 40 * MIB
/** Tolerance per process, for unrecorded direct uploads, and per open upload, for the bytes of a fenced writer. */
const STEP = 16 * MIB
const HELD = 12
const BODY = 10 * MIB

describe('the quota limits the bytes on the disk', () => {
  let server: TestServer
  let other: { url: string; end(): Promise<void> }

  before(async () => {
    const env = { RATE_LIMIT_PER_MINUTE: '0' }
    server = await startServer({ env })
    const child = spawnWaybill(server.dataDir, ['serve'], env)
    other = {
      url: await listeningUrl(child),
      end: async () => {
        const ended = once(child, 'exit')
        child.kill('SIGKILL')
        await ended
      },
    }
    child.stdout.resume()
    await runWaybill(server.dataDir, [
      'organizations',
      'update',
      server.organizationId,
      '--storage-limit',
      `${QUOTA / MIB}MiB`,
    ])
  })

  after(async () => {
    await other?.end()
    await server?.stop()
  })

  async function api(method: string, path: string, body?: object) {
    const answer = await fetch(`${server.baseUrl}${path}`, {
      method,
      headers: { 'X-API-Key': server.apiKey, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    // biome-ignore lint/suspicious/noExplicitAny: JSON has the shape that the test asserts
    return { status: answer.status, body: (await answer.json().catch(() => null)) as any }
  }
  const storedBytes = () =>
    Number(/^\d+/.exec(spawnSync('du', ['-sb', `${server.dataDir}/objects`]).stdout.toString())?.[0])
  const reserved = async () => (await api('GET', '')).body.storage_reserved_bytes as number
  const bytes = Buffer.concat([...randomPieces('held', BODY)])

  /** Sends a direct upload without its end and keeps the connection open. */
  function holdOpen(isAnnounced: boolean) {
    const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: ${MIME_TYPE}\r\n\r\n`
    const end = '\r\n--b--\r\n'
    const one = request(`${server.baseUrl}/files/upload`, {
      method: 'POST',
      headers: {
        'X-API-Key': server.apiKey,
        'Content-Type': 'multipart/form-data; boundary=b',
        ...(isAnnounced && { 'Content-Length': head.length + BODY + end.length }),
      },
    })
    one.on('error', () => {})
    const answer = once(one, 'response').then(([response]) => {
      response.resume()
      return response.statusCode as number
    })
    answer.catch(() => {})
    one.write(head)
    one.write(bytes)
    return { answer, end: () => one.end(end), cut: () => one.destroy() }
  }

  for (const isAnnounced of [true, false]) {
    it(`for direct uploads that are held open, ${isAnnounced ? 'with' : 'without'} a length`, async () => {
      const held = Array.from({ length: HELD }, () => holdOpen(isAnnounced))
      let refused = 0
      for (const { answer } of held)
        answer.then(
          (status) => {
            if (status === 403) refused++
          },
          () => {},
        )
      await eventually('the quota is used up', async () => refused > 0 && (await reserved()) > 0)
      const before = storedBytes()
      assert.ok(before <= QUOTA + STEP, `${before}`)
      for (const one of held) one.cut()
      await eventually(
        'all reservations are released',
        async () => (await reserved()) === 0 && storedBytes() < STEP,
      )
    })
  }

  it('for two processes that alternately take over one session', async () => {
    const size = 30 * MIB
    const spec = { filename: 'turns.bin', file_size: size, mime_type: MIME_TYPE }
    const { body } = await api('POST', '/files/upload-url', spec)
    const at = (origin: string) => body.upload_url.replace(new URL(body.upload_url).origin, origin)
    const part = Buffer.concat([...randomPieces('turn', size - MIB)])
    const open = []
    for (let turn = 0; turn < 8; turn++) {
      const upload = openUpload({
        url: at(turn % 2 === 0 ? server.url : other.url),
        headers: { 'Content-Length': size },
      })
      upload.answer.catch(() => {})
      open.push(upload)
      const before = storedBytes()
      void upload
        .write(
          (async function* () {
            yield part
          })(),
        )
        .catch(() => {})
      if (turn === 0) await eventually('its bytes are stored', async () => storedBytes() > before + 20 * MIB)
      else await eventually('the other is taken over', async () => storedBytes() > 20 * MIB)
      assert.ok(storedBytes() <= QUOTA + 2 * STEP, `${storedBytes()} in turn ${turn}`)
    }
    for (const upload of open) upload.cut()
  })
})
