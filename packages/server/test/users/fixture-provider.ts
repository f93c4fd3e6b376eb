import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'

export const CLIENT_ID = 'waybill-tests'

export interface FixtureKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

/** Issuer of tokens with any content, for tokens that a real provider would not issue. */
export interface FixtureProvider {
  readonly issuer: string
  /** Key that signs now. */
  readonly key: FixtureKey
  /** Settings of a service that accepts its tokens. */
  readonly env: Record<string, string>
  /** Paths of the requests to it. */
  readonly requests: string[]
  /** Returns a token of a user, issued `atSeconds` ago by default 0. The claims replace the usual ones. */
  token(claims?: JWTPayload, key?: FixtureKey): Promise<string>
  /** Publishes another key instead of the present one. */
  rotate(): Promise<FixtureKey>
  /** Answers every request with this status; null for its usual answers. */
  failWith(status: number | null): void
  stop(): Promise<void>
}

/** Starts a provider; `metadata` is added to what it tells about itself. */
export async function startFixtureProvider(
  metadata: Readonly<Record<string, string>> = {},
): Promise<FixtureProvider> {
  let key = await createKey('key-1')
  let failure: number | null = null
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    const answer = answers()[request.url ?? '']
    response.statusCode = failure ?? (answer === undefined ? 404 : 200)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const answers = (): Record<string, object> => ({
    '/.well-known/openid-configuration': {
      issuer,
      jwks_uri: `${issuer}/keys`,
      ...metadata,
    },
    '/keys': { keys: [key.publicJwk] },
  })
  return {
    issuer,
    get key() {
      return key
    },
    env: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: CLIENT_ID },
    requests,
    token: (claims = {}, signer = key) => {
      const now = Math.floor(Date.now() / 1000)
      const usual = { iss: issuer, aud: CLIENT_ID, sub: 'ada', iat: now, exp: now + 600 }
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: signer.kid, typ: 'JWT' })
        .sign(signer.privateKey)
    },
    rotate: async () => {
      key = await createKey(`key-${requests.length + 2}`)
      return key
    },
    failWith: (status) => {
      failure = status
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export async function createKey(kid: string): Promise<FixtureKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } }
}
