import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { eventually } from '../../../packages/server/test/clients/eventually.ts'
import {
  missingProgram,
  type RunningProgram,
  startProgram,
} from '../../../packages/server/test/clients/run-program.ts'
import { freePort } from '../../../packages/server/test/free-port.ts'
import { startApp, type TestApp } from '../../../packages/server/test/start-app.ts'

const BRIDGE = fileURLToPath(new URL('../bridge.ts', import.meta.url))
const SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
/** Text that the only signature of the database finds. */
const MARK = 'waybill test of a scanner'
const MAX_BYTES = 1024 * 1024

const NO_CLAMD = await missingProgram('clamd')

describe('clamd behind the bridge', { skip: NO_CLAMD }, () => {
  let folder: string
  let app: TestApp
  let bridgeUrl: string
  let programs: RunningProgram[] = []

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-clamd-'))
    const socket = join(folder, 'clamd.sock')
    const port = await freePort()
    programs = [
      startProgram('clamd', ['--foreground', '--config-file', await writeConfig(folder, socket)]),
      startProgram(process.execPath, [BRIDGE], {
        env: {
          ...process.env,
          FILE_SCAN_SECRET: SECRET,
          PORT: String(port),
          CLAMD: socket,
          STREAM_MAX_BYTES: String(MAX_BYTES),
        },
      }),
    ]
    bridgeUrl = `http://127.0.0.1:${port}/`
    app = await startApp({ env: { FILE_SCAN_URL: bridgeUrl, FILE_SCAN_SECRET: SECRET } })
    await eventually('clamd judges files through the bridge', async () => (await upload('a')).status === 201)
  })
  after(async () => {
    await app?.stop()
    for (const program of programs) {
      program.process.kill('SIGTERM')
      await program.end
    }
    await rm(folder, { recursive: true, force: true })
  })

  const upload = async (content: string) => {
    const form = new FormData()
    form.append('file', new Blob([content], { type: 'text/plain' }), 'a.txt')
    const headers = { 'x-api-key': app.apiKey }
    const answer = await fetch(`${app.baseUrl}/files/upload`, { method: 'POST', headers, body: form })
    return { status: answer.status, text: await answer.text() }
  }

  it('lets a file pass', async () => {
    assert.equal((await upload('a harmless text')).status, 201)
  })

  it('rejects a file with a known signature, and names it', async () => {
    const { status, text } = await upload(`before ${MARK} after`)
    assert.equal(status, 422)
    assert.match(text, /FILE_REJECTED/)
    assert.match(text, /Waybill\.Test/)
  })

  it('rejects a file that is larger than clamd reads', async () => {
    const { status, text } = await upload('x'.repeat(MAX_BYTES + 1))
    assert.equal(status, 422, text)
    assert.match(text, /larger than the scanner reads/)
  })

  it('refuses requests without the signature', async () => {
    assert.equal((await fetch(bridgeUrl, { method: 'POST', body: '{}' })).status, 401)
  })
})

/** Writes the configuration of a clamd with one signature, and the signature. Returns the path of the configuration. */
async function writeConfig(folder: string, socket: string): Promise<string> {
  const config = join(folder, 'clamd.conf')
  await writeFile(join(folder, 'test.ndb'), `Waybill.Test:0:*:${Buffer.from(MARK).toString('hex')}\n`)
  const settings = {
    DatabaseDirectory: folder,
    LocalSocket: socket,
    TemporaryDirectory: folder,
    StreamMaxLength: MAX_BYTES,
    AlertExceedsMax: 'yes',
    Foreground: 'yes',
  }
  await writeFile(
    config,
    Object.entries(settings).map((line) => `${line.join(' ')}\n`),
  )
  return config
}
