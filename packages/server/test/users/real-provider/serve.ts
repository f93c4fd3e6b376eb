// A process with a certified OpenID Connect provider on a free port. It ends with its parent.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'

export const REAL_CLIENT_ID = 'waybill-cli'

function configure() {
  return {
    clients: [
      {
        client_id: REAL_CLIENT_ID,
        application_type: 'native' as const,
        token_endpoint_auth_method: 'none' as const,
        redirect_uris: ['http://127.0.0.1/callback'],
        response_types: ['code' as const],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    scopes: ['openid', 'offline_access'],
    // The claims of the scopes are in the ID token, as most providers have them.
    conformIdTokenClaims: false,
    features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
    // Renewed by every command that needs one.
    ttl: { IdToken: Number(process.env.ID_TOKEN_SECONDS ?? 3600) },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, name: `${sub} Example`, email: `${sub}@example.com`, email_verified: true }),
    }),
  }
}

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('request', new Provider(issuer, configure()).callback())
  process.send?.({ issuer })
})
process.once('disconnect', () => process.exit())
