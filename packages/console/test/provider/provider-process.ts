// An OpenID Connect provider with the pages of `oidc-provider` for development: any name with any password signs in.
//   node provider-process.ts '{"port": 1234, "tokenPort": 1234, "redirectUris": ["…"], "idTokenSeconds": 600, "endsSessions": true}'
import { generateKeyPair } from 'node:crypto'
import { once } from 'node:events'
import { promisify } from 'node:util'
import Provider from 'oidc-provider'

const { port, tokenPort, redirectUris, idTokenSeconds, endsSessions } = JSON.parse(process.argv[2] ?? '{}')
const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'waybill',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: redirectUris,
      ...(endsSessions && { post_logout_redirect_uris: redirectUris }),
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'tests', use: 'sig', alg: 'ES256' }] },
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
  claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  clientBasedCORS: () => true,
  issueRefreshToken: async () => true,
  features: {
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: endsSessions },
  },
  pkce: { required: () => true },
  ttl: {
    IdToken: idTokenSeconds,
    AccessToken: idTokenSeconds,
    RefreshToken: 86_400,
    Session: 86_400,
    Grant: 86_400,
  },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `${id} Example`, email: `${id}@example.com`, email_verified: true }),
  }),
})
provider.use(async (context, next) => {
  await next()
  if (context.path === '/.well-known/openid-configuration')
    Object.assign(context.body as object, { token_endpoint: `http://127.0.0.1:${tokenPort}/token` })
})
const ports = [...new Set([tokenPort, port])]
const servers = ports.map((one) => provider.listen(one, '127.0.0.1'))
await Promise.all(servers.map((one) => once(one, 'listening')))
console.log('listening')
process.once('SIGTERM', () => {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
})
