import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../../server/test/start-app.ts'

describe('the first five minutes', () => {
  let server: TestApp
  before(async () => {
    server = await startApp()
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

  for (const [env, isWarned] of [
    [{ HOST: '0.0.0.0' }, true],
    [{ HOST: '0.0.0.0', PUBLIC_URL: 'https://files.example.com' }, false],
    [{ HOST: '127.0.0.1' }, false],
  ] as const) {
    it(`${isWarned ? 'warn' : 'do not warn'} of URLs that other machines cannot reach: ${JSON.stringify(env)}`, async (t) => {
      const server = await startApp({ env })
      t.after(server.stop)
      const warning = /PUBLIC_URL is not set: .* start it with PUBLIC_URL=(http:\/\/[^"]+)"/.exec(
        server.output(),
      )
      assert.equal(warning !== null, isWarned)
      if (warning === null) return
      assert.match(String(warning[1]), /^http:\/\/(?!localhost|127\.|0\.0)[^:]+:\d+$/)
    })
  }
})
