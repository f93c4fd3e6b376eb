import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../../../server/test/free-port.ts'
import { startServer, type TestServer } from '../../../server/test/start-server.ts'
import { checkUrl } from '../../src/doctor/url/check-url.ts'
import { missingCaddy, startCaddy } from './start-caddy.ts'

interface Case {
  readonly fault: string
  readonly inProxy?: string
  readonly inSite?: string
  readonly options?: string
  readonly codes: readonly string[]
  readonly says: RegExp
}

const CASES: readonly Case[] = [
  {
    fault: 'holds bodies back until they are complete',
    inProxy: 'buffer_requests',
    codes: ['request-buffering'],
    says: /"buffer_requests"/,
  },
  {
    fault: 'refuses bodies of more than 2 MB',
    inSite: 'request_body {\n max_size 2MB\n}',
    codes: ['body-limit'],
    says: /"request_body max_size"/,
  },
  {
    fault: 'gives a body a limited time',
    options: 'servers {\n timeouts {\n read_body 500ms\n }\n }',
    codes: ['time-limit'],
    says: /"timeouts read_body"/,
  },
  {
    fault: 'loses the Range of a 308',
    inProxy: 'header_down -Range',
    codes: ['range-answer-lost'],
    says: /"header_down -Range"/,
  },
  {
    fault: 'loses the Range of a download',
    inProxy: 'header_up -Range',
    codes: ['range-request-lost'],
    says: /"header_up -Range"/,
  },
  {
    fault: 'answers something else for a 308',
    inProxy: '@more status 308\nhandle_response @more {\n respond "more" 200\n}',
    codes: ['answer-308-replaced'],
    says: /"handle_response"/,
  },
  {
    fault: 'compresses downloads',
    inSite: 'encode gzip',
    codes: ['compression'],
    says: /"encode"/,
  },
]

describe('a Caddy in front of the service', { skip: await missingCaddy() }, () => {
  let url: string
  let server: TestServer
  before(async () => {
    url = `http://127.0.0.1:${await freePort()}`
    server = await startServer({ env: { PUBLIC_URL: url } })
  })
  after(() => server.stop())

  for (const { fault, inProxy = '', inSite = '', options = '', codes, says } of CASES) {
    it(`is found that ${fault}`, async () => {
      const { organizationId, apiKey } = server
      const site = `${url} {\n${inSite}\nreverse_proxy ${new URL(server.url).host} {\n${inProxy}\n}\n}`
      const caddy = await startCaddy(site, url, options)
      const target = {
        url,
        organizationId,
        apiKey,
        contentType: 'text/plain',
        seconds: 2,
        idleMs: 60_000,
        interopVersion: 8,
        receivesBytes: true,
      }
      const seen = await checkUrl(target).finally(caddy.stop)
      const found = seen.map(({ code }) => code)
      assert.deepEqual(found, codes, JSON.stringify(seen))
      assert.match(seen.map(({ message }) => message).join('\n'), says)
    })
  }
})
