import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sendToApi } from '../api/client.ts'
import { startApp, type TestApp } from '../start-app.ts'

/** Wrong keys that one address may send in a minute. */
const WRONG_KEYS = 100

interface Case {
  readonly title: string
  readonly trustProxy: string
  /** Header of the requests that use up the limit; `N` is replaced with a new number in each request. */
  readonly forwarded: string
  /** Header with an address that is not limited; null when all requests have the same address. */
  readonly other: string | null
}

const CASES: readonly Case[] = [
  { title: 'no proxy, by default', trustProxy: '', forwarded: '203.0.113.N', other: null },
  { title: 'one proxy', trustProxy: '1', forwarded: '198.51.100.N, 203.0.113.1', other: '203.0.113.2' },
  {
    title: 'proxies by their addresses',
    trustProxy: 'loopback, 10.0.0.0/8',
    forwarded: '198.51.100.N, 203.0.113.1, 10.1.2.3',
    other: '203.0.113.2, 10.3.2.1',
  },
  {
    title: 'proxies that are others than the one that sends',
    trustProxy: '10.0.0.0/8',
    forwarded: '203.0.113.N',
    other: null,
  },
  {
    title: 'a proxy that forwards what is no address',
    trustProxy: '1',
    forwarded: '"N{}',
    other: '203.0.113.2',
  },
]

describe('the address of a client when TRUST_PROXY names', { concurrency: 2 }, () => {
  for (const { title, trustProxy, forwarded, other } of CASES) {
    it(title, async () => {
      const server = await startApp({ env: { TRUST_PROXY: trustProxy } })
      try {
        for (let attempt = 0; attempt < WRONG_KEYS; attempt++) {
          assert.equal(await wrongKey(server, forwarded.replace('N', String(attempt))), 401)
        }
        assert.equal(await wrongKey(server, forwarded.replace('N', '200')), 429)
        if (other !== null) assert.equal(await wrongKey(server, other), 401)
      } finally {
        await server.stop()
      }
    })
  }
})

async function wrongKey(server: TestApp, forwardedFor: string): Promise<number> {
  const path = `/v1/organizations/${server.organizationId}/files`
  const options = { credentials: { 'x-api-key': 'wrong' }, headers: { 'x-forwarded-for': forwardedFor } }
  return (await sendToApi(server, 'GET', path, options)).status
}
