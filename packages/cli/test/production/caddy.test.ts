import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../../../server/test/clients/eventually.ts'
import { createScratchFolder } from '../../../server/test/clients/random-file.ts'
import { missingProgram, runProgram } from '../../../server/test/clients/run-program.ts'
import { startServer, type TestServer } from '../../../server/test/start-server.ts'
import { freePort } from '../doctor/free-port.ts'
import { assertUploadWorks, doctorsFaults } from './behind-proxy.ts'
import { blockOfPage, replaced } from './production-page.ts'

const isMissing = await runProgram('caddy', ['version']).then(
  ({ code }) => code !== 0,
  () => true,
)
const skip = isMissing ? 'caddy is not installed' : await missingProgram('curl')

describe('Caddy as docs/production.md sets it up', { skip }, () => {
  let folder: Awaited<ReturnType<typeof createScratchFolder>>
  let server: TestServer
  let caddy: ChildProcess
  let url: string
  before(async () => {
    folder = await createScratchFolder()
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    server = await startServer({ env: { PUBLIC_URL: url } })
    const site = replaced(await blockOfPage('Caddy', 'caddy'), {
      'files.example.com': url,
      '127.0.0.1:8080': new URL(server.url).host,
    })
    const path = join(folder.path, 'Caddyfile')
    await writeFile(path, `{\n  admin off\n}\n${site}`)
    caddy = spawn('caddy', ['run', '--config', path], {
      env: { ...process.env, HOME: folder.path, XDG_CONFIG_HOME: folder.path, XDG_DATA_HOME: folder.path },
      stdio: 'ignore',
    })
    await eventually('Caddy answers', () =>
      fetch(`${url}/v1/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
  })
  after(async () => {
    const exited = caddy && once(caddy, 'exit')
    caddy?.kill('SIGTERM')
    await exited
    await server?.stop()
    await folder?.remove()
  })

  it('has no fault that the doctor knows', async () => {
    assert.deepEqual(await doctorsFaults(server, url, { PUBLIC_URL: url }), [])
  })

  it('lets 100 MB through, interrupted and resumed, and parts of them back', async () => {
    await assertUploadWorks(server, url, [])
  })
})
