import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../../../server/test/free-port.ts'
import { startApp, type TestApp } from '../../../server/test/start-app.ts'
import type { CheckResult } from '../../src/doctor/finding.ts'
import { checkUrl } from '../../src/doctor/url/check-url.ts'

describe('what stands in front of the service', () => {
  let port: number
  let server: TestApp
  before(async () => {
    port = await freePort()
    server = await startApp({ env: { PUBLIC_URL: `http://127.0.0.1:${port}` } })
  })
  after(() => server.stop())

  const check = (url: string, seconds = 0.2): Promise<CheckResult[]> =>
    checkUrl({
      url,
      organizationId: server.organizationId,
      apiKey: server.apiKey,
      contentType: 'application/octet-stream',
      seconds,
      receivesBytes: true,
      idleMs: 60_000,
    })
  const codesOf = (seen: readonly CheckResult[]) =>
    seen
      .filter(({ level }) => level !== 'ok')
      .map(({ code }) => code)
      .sort()

  it('a proxy is found that gives a request a limited time', async () => {
    const proxy = createServer((client) => {
      const behind = connect(Number(new URL(server.url).port), '127.0.0.1')
      const end = () => {
        client.destroy()
        behind.destroy()
      }
      const timer = setTimeout(end, 1500)
      for (const socket of [client, behind]) socket.on('error', end).on('close', () => clearTimeout(timer))
      client.pipe(behind)
      behind.pipe(client)
    }).listen(port, '127.0.0.1')
    await once(proxy, 'listening')
    try {
      const { port: listensOn } = proxy.address() as AddressInfo
      assert.deepEqual(codesOf(await check(`http://127.0.0.1:${listensOn}`, 4)), ['time-limit'])
    } finally {
      proxy.close()
    }
  })

  it('it reports that no server answers', async () => {
    const seen = await check(`http://127.0.0.1:${await freePort()}`)
    assert.deepEqual(codesOf(seen), ['unreachable'])
    assert.match(seen[0]?.message ?? '', /ECONNREFUSED/)
  })
})
