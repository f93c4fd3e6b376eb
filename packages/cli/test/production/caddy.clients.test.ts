import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { missingProgram } from '../../../server/test/clients/run-program.ts'
import { freePort } from '../../../server/test/free-port.ts'
import { startServer, type TestServer } from '../../../server/test/start-server.ts'
import { type Caddy, missingCaddy, startCaddy } from '../doctor/start-caddy.ts'
import { assertProtocolWorks, assertUploadWorks, doctorsFaults } from './behind-proxy.ts'
import { blockOfPage, replaced } from './production-page.ts'

const skip = (await missingCaddy()) || (await missingProgram('curl'))

describe('Caddy as docs/production.md sets it up', { skip }, () => {
  let server: TestServer
  let caddy: Caddy
  let url: string
  before(async () => {
    url = `http://127.0.0.1:${await freePort()}`
    server = await startServer({ env: { PUBLIC_URL: url } })
    const site = replaced(await blockOfPage('Caddy', 'caddy'), {
      'files.example.com': url,
      '127.0.0.1:8080': new URL(server.url).host,
    })
    caddy = await startCaddy(site, url)
  })
  after(async () => {
    await caddy?.stop()
    await server?.stop()
  })

  it('has no fault that the doctor knows', async () => {
    assert.deepEqual(await doctorsFaults(server, url, { PUBLIC_URL: url }), [])
  })

  it('lets 100 MB through, interrupted and resumed, and parts of them back', async () => {
    await assertUploadWorks(server, url, [])
  })

  for (const protocol of ['tus', 'ietf'] as const) {
    it(`lets an upload of the protocol "${protocol}" through, interrupted and resumed`, async () => {
      await assertProtocolWorks(protocol, server, url, [])
    })
  }
})
