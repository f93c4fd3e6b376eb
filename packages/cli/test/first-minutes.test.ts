import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createScratchFolder } from '../../server/test/clients/random-file.ts'
import { freePort } from '../../server/test/free-port.ts'
import { listeningUrl, spawnWaybill, startServer, type TestServer } from '../../server/test/start-server.ts'
import { endOf } from './run-waybill.ts'

describe('the first five minutes', () => {
  let server: TestServer
  before(async () => {
    server = await startServer()
  })
  after(() => server.stop())

  it('lead a browser from the root to the console', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }
    const answer = await fetch(`${server.url}/`, { headers, redirect: 'manual' })
    assert.equal(answer.status, 302)
    assert.equal(answer.headers.get('location'), 'console/')
    assert.equal(answer.headers.get('vary'), 'Accept')
    assert.equal((await fetch(`${server.url}/`, { headers })).url, `${server.url}/console/`)
  })

  it('show other clients where to begin', async () => {
    for (const headers of [{ accept: 'application/json' }, { accept: '*/*' }, {}]) {
      const answer = await fetch(`${server.url}/`, { headers, redirect: 'manual' })
      assert.equal(answer.status, 200)
      const { service, ...urls } = (await answer.json()) as Record<string, string>
      assert.equal(service, 'Waybill')
      for (const url of Object.values(urls)) assert.equal((await fetch(url)).status, 200, url)
    }
    assert.equal((await fetch(`${server.url}/`, { method: 'POST' })).status, 405)
  })

  it('say which port to take where another program has it', async (t) => {
    const scratch = await createScratchFolder()
    t.after(scratch.remove)
    const port = await freePort()
    const other = createServer().listen(port, '127.0.0.1')
    t.after(() => other.close())
    await once(other, 'listening')
    const child = spawn(process.execPath, ['packages/cli/bin/waybill.js', 'serve'], {
      cwd: new URL('../../../', import.meta.url),
      env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), DATA_DIR: scratch.path },
    })
    const { code, stderr } = await endOf(child)
    assert.equal(code, 1)
    const expected = `waybill: HOST and PORT (127.0.0.1:${port}) cannot be used: another program uses this port. Choose another one: PORT=${port + 1} npm start\n`
    assert.equal(stderr, expected)
  })

  for (const [env, isWarned] of [
    [{ HOST: '0.0.0.0' }, true],
    [{ HOST: '0.0.0.0', PUBLIC_URL: 'https://files.example.com' }, false],
    [{ HOST: '127.0.0.1' }, false],
  ] as const) {
    it(`${isWarned ? 'warn' : 'do not warn'} of URLs that other machines cannot reach: ${JSON.stringify(env)}`, async (t) => {
      const scratch = await createScratchFolder()
      const child = spawnWaybill(scratch.path, ['serve'], env)
      t.after(async () => {
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
        await scratch.remove()
      })
      let output = ''
      child.stdout.on('data', (text) => {
        output += text
      })
      await listeningUrl(child)
      const warning = /PUBLIC_URL is not set: .* start it with PUBLIC_URL=(http:\/\/[^"]+)"/.exec(output)
      assert.equal(warning !== null, isWarned)
      if (warning === null) return
      assert.match(String(warning[1]), /^http:\/\/(?!localhost|127\.|0\.0)[^:]+:\d+$/)
    })
  }
})
