import assert from 'node:assert/strict'
import { createSecretKey } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { sendToApi } from '../api/client.ts'
import { assertError } from '../api/envelope.ts'
import { json } from '../api/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { CLIENT_ID, createKey, type FixtureProvider, startFixtureProvider } from './fixture-provider.ts'
import { bearer, claimsOf, memberToken, meOf, userOf } from './sign-in.ts'

const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset

/** Signs with the published key as the secret of an HMAC, as if the key were secret. */
function signWithPublicKey({ issuer, key }: FixtureProvider): Promise<string> {
  const secret = createSecretKey(Buffer.from(JSON.stringify(key.publicJwk)))
  return new SignJWT({ iss: issuer, aud: CLIENT_ID, sub: 'ada', iat: seconds(0), exp: seconds(600) })
    .setProtectedHeader({ alg: 'HS256', kid: key.kid })
    .sign(secret)
}

const withoutSignature = ({ issuer }: FixtureProvider) =>
  new UnsecuredJWT({ iss: issuer, aud: CLIENT_ID, sub: 'ada', iat: seconds(0), exp: seconds(600) }).encode()

/** Replaces the payload and keeps the signature. */
async function withOtherPayload(provider: FixtureProvider): Promise<string> {
  const [head, , signature] = (await provider.token()).split('.')
  const [, payload] = (await provider.token({ sub: 'eve' })).split('.')
  return `${head}.${payload}.${signature}`
}

const BAD: readonly (readonly [
  name: string,
  make: (provider: FixtureProvider) => string | Promise<string>,
])[] = [
  ['the algorithm none', withoutSignature],
  ['an HMAC with the public key', signWithPublicKey],
  ['a signature of another payload', withOtherPayload],
  ['another audience', (provider) => provider.token({ aud: 'other-client' })],
  ['no audience', (provider) => provider.token({ aud: undefined as never })],
  ['another issuer', (provider) => provider.token({ iss: 'http://127.0.0.1:1' })],
  ['an issuer with a slash more', (provider) => provider.token({ iss: `${provider.issuer}/` })],
  ['a start in the future', (provider) => provider.token({ nbf: seconds(600) })],
  ['an issue time in the future', (provider) => provider.token({ iat: seconds(600) })],
  ['no issue time', (provider) => provider.token({ iat: undefined as never })],
  ['no end', (provider) => provider.token({ exp: undefined as never })],
  ['no subject', (provider) => provider.token({ sub: undefined as never })],
  ['an empty subject', (provider) => provider.token({ sub: '' })],
  ['a subject with a control character', (provider) => provider.token({ sub: 'a\u0000b' })],
  ['a key that is not published', async (provider) => provider.token({}, await createKey('unknown'))],
  [
    'the name of a published key and another key',
    async (provider) => provider.token({}, await createKey(provider.key.kid)),
  ],
  ['another authorized party', (provider) => provider.token({ aud: [CLIENT_ID, 'x'], azp: 'x' })],
  ['the events of a logout', (provider) => provider.token({ events: {} })],
  [
    'more characters than any token',
    (provider) => provider.token({ filler: 'x'.repeat(12_000) } as JWTPayload),
  ],
]

describe('tokens of users', () => {
  let app: TestApp
  let provider: FixtureProvider
  before(async () => {
    provider = await startFixtureProvider()
    app = await startApp({ env: provider.env })
  })
  after(async () => {
    await app.stop()
    await provider.stop()
  })

  const me = (token: string) => sendToApi(app, 'GET', '/v1/me', { credentials: bearer(token) })

  it('admits a user with a valid token', async () => {
    const answer = await meOf(app, await provider.token(claimsOf('valid')))
    assert.equal(answer.user?.subject, 'valid')
    assert.equal(answer.user?.email, 'valid@example.com')
    assert.deepEqual(answer.organizations, [])
  })

  for (const [name, make] of BAD) {
    it(`refuses a token with ${name}`, async () => {
      assertError(await me(await make(provider)), 401, 'TOKEN_INVALID')
    })
  }

  it('tells that a token has expired', async () => {
    assertError(
      await me(await provider.token({ iat: seconds(-700), exp: seconds(-60) })),
      401,
      'TOKEN_EXPIRED',
    )
  })

  it('refuses a text that looks like a token and is none', async () => {
    assertError(await me('aaa.bbb.ccc'), 401, 'TOKEN_INVALID')
  })

  it('takes a token only as a bearer token', async () => {
    const credentials = { 'x-api-key': await provider.token(claimsOf('header')) }
    assertError(await sendToApi(app, 'GET', '/v1/me', { credentials }), 401, 'INVALID_API_KEY')
  })

  it('does not believe an address that is not verified', async () => {
    const claims = { ...claimsOf('unsure'), email_verified: false }
    await memberToken(app, provider, 'unsure')
    const { user, organizations } = await meOf(app, await provider.token(claims))
    assert.deepEqual([user?.email_verified, organizations], [false, []])
  })

  it('believes no address that only its lower case makes the invited one', async () => {
    await memberToken(app, provider, 'kelvin')
    for (const email of ['\u212aelvin@example.com', 'KELV\u0130N@example.com']) {
      const token = await provider.token({ sub: email, email, email_verified: true })
      const { user, organizations } = await meOf(app, token)
      assert.deepEqual([user?.email, user?.email_verified, organizations], [null, false, []])
    }
    for (const email of ['kelvin+1@example.com', 'k.elvin@example.com', 'kelvin@example.com.'])
      assert.deepEqual(
        (await meOf(app, await provider.token({ ...claimsOf(email), email }))).organizations,
        [],
      )
  })

  it('keeps the key in its place', async () => {
    const { user, api_key, organizations } = await meOf(app, app.apiKey)
    assert.deepEqual(
      [user, organizations.map(({ id, role }) => [id, role])],
      [null, [[app.organizationId, null]]],
    )
    assert.equal(api_key?.name, 'First key')
  })
})

describe('the keys of the provider', () => {
  let app: TestApp
  let provider: FixtureProvider
  beforeEach(async (t) => {
    provider = await startFixtureProvider()
    app = await startApp({ env: provider.env })
    if ('after' in t)
      t.after(async () => {
        await app.stop()
        await provider.stop()
      })
  })
  const fetchMe = async (token: string) => {
    const response = await fetch(`${app.url}/v1/me`, { headers: bearer(token) })
    await response.arrayBuffer()
    return response
  }

  it('are read once for many tokens', async () => {
    const tokens = await Promise.all([...'abcdef'].map((name) => provider.token(claimsOf(name))))
    const answers = await Promise.all(tokens.map(fetchMe))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    assert.deepEqual(provider.requests, ['/.well-known/openid-configuration', '/keys'])
  })

  it('are not read again for each unknown key', async () => {
    assert.equal((await fetchMe(await provider.token())).status, 200)
    const unknown = await createKey('unknown')
    for (let i = 0; i < 5; i++) assert.equal((await fetchMe(await provider.token({}, unknown))).status, 401)
    assert.equal(provider.requests.filter((path) => path === '/keys').length, 1)
  })

  it('are missed when the provider is away: tokens wait, keys work', async () => {
    provider.failWith(500)
    const answer = await fetchMe(await provider.token())
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2'])
    assert.equal((await fetchMe(app.apiKey)).status, 200)
    const asked = provider.requests.length
    assert.equal((await fetchMe(await provider.token())).status, 503)
    assert.equal(provider.requests.length, asked, 'a failing provider is left alone for a moment')
  })
})

describe('a rotated key of the provider', () => {
  it('replaces the one before', async (t) => {
    const provider = await startFixtureProvider()
    const old = provider.key
    const current = await provider.rotate()
    const app = await startApp({ env: provider.env })
    t.after(async () => {
      await app.stop()
      await provider.stop()
    })
    const send = async (key: typeof old) =>
      (await userOf(app, await provider.token(claimsOf('ada'), key))('GET', '/v1/me')).status
    assert.deepEqual([await send(current), await send(old)], [200, 401])
  })
})

describe('access tokens', () => {
  it('have an audience of their own', async (t) => {
    const provider = await startFixtureProvider()
    const app = await startApp({ env: { ...provider.env, OIDC_AUDIENCE: 'https://files.example.com' } })
    t.after(async () => {
      await app.stop()
      await provider.stop()
    })
    const { oidc } = json<{ oidc: object }>(await sendToApi(app, 'GET', '/v1/sign-in'))
    assert.deepEqual(oidc, {
      ...{ issuer: provider.issuer, client_id: CLIENT_ID },
      ...{ scopes: 'openid profile email', token: 'access_token', audience: 'https://files.example.com' },
    })
    const accessToken = await provider.token({ aud: 'https://files.example.com', azp: CLIENT_ID })
    assert.equal((await userOf(app, accessToken)('GET', '/v1/me')).status, 200)
    assertError(await userOf(app, await provider.token())('GET', '/v1/me'), 401, 'TOKEN_INVALID')
  })
})

describe('a service without a provider', () => {
  it('tells that there is no sign-in, and takes no tokens', async (t) => {
    const provider = await startFixtureProvider()
    const app = await startApp()
    t.after(async () => {
      await app.stop()
      await provider.stop()
    })
    assert.deepEqual(json(await sendToApi(app, 'GET', '/v1/sign-in')), { oidc: null })
    assertError(await userOf(app, await provider.token())('GET', '/v1/me'), 401, 'INVALID_API_KEY')
    assert.deepEqual(provider.requests, [])
  })
})
