import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { startApp } from '../start-app.ts'
import { startFixtureProvider } from './fixture-provider.ts'

/** Returns a reader of the origins that the console may connect to. */
async function startConsole(t: TestContext, env: Record<string, string>) {
  const app = await startApp({ env })
  t.after(() => app.stop())
  return async () => {
    const { headers } = await fetch(`${app.url}/console/`)
    const policy = (headers.get('content-security-policy') ?? '').split('; ')
    return policy
      .find((part) => part.startsWith('connect-src '))
      ?.split(' ')
      .slice(1)
  }
}

async function startProvider(t: TestContext, metadata: Record<string, string> = {}) {
  const provider = await startFixtureProvider(metadata)
  t.after(() => provider.stop())
  return provider
}

/** Endpoints that must not become a part of the policy. */
const BAD_ENDPOINTS = [
  'http://tokens.example.com/token',
  'https://*/token',
  'https://a;sandbox/token',
  'data:text/plain,token',
  'not a URL',
]

describe('the origins that the console may connect to', () => {
  it('are those of the endpoints for tokens, also on other hosts than the issuer', async (t) => {
    const provider = await startProvider(t, {
      authorization_endpoint: 'https://accounts.example.com/authorize',
      token_endpoint: 'https://tokens.example.com/token',
      revocation_endpoint: 'http://127.0.0.1:1/revoke',
    })
    const origins = await startConsole(t, provider.env)
    assert.deepEqual(await origins(), [
      "'self'",
      provider.issuer,
      'https://tokens.example.com',
      'http://127.0.0.1:1',
    ])
    assert.deepEqual(provider.requests, ['/.well-known/openid-configuration'])
    await origins()
    assert.equal(provider.requests.length, 1, 'the metadata is read once')
  })

  for (const endpoint of BAD_ENDPOINTS)
    it(`are without the endpoint ${endpoint}`, async (t) => {
      const provider = await startProvider(t, { token_endpoint: endpoint })
      assert.deepEqual(await (await startConsole(t, provider.env))(), ["'self'", provider.issuer])
    })

  it('are only that of the issuer until its metadata can be read', async (t) => {
    const provider = await startProvider(t, { token_endpoint: 'https://tokens.example.com/token' })
    provider.failWith(404)
    const origins = await startConsole(t, provider.env)
    assert.deepEqual(await origins(), ["'self'", provider.issuer])
    provider.failWith(null)
    assert.deepEqual(await origins(), ["'self'", provider.issuer, 'https://tokens.example.com'])
  })

  it('do not keep the page from a person whose provider does not answer', async (t) => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    t.after(() => {
      silent.close()
      silent.closeAllConnections()
    })
    const issuer = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const origins = await startConsole(t, { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'waybill' })
    assert.deepEqual(await origins(), ["'self'", issuer])
  })
})
