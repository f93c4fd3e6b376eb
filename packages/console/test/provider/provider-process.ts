// An OpenID Connect provider with the pages of `oidc-provider` for development: any name with any password signs in.
//   node provider-process.ts '{"port": 1234, "redirectUris": ["…"], "idTokenSeconds": 600, "endsSessions": true}'
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import Provider from 'oidc-provider'

const { port, redirectUris, idTokenSeconds, endsSessions } = JSON.parse(process.argv[2] ?? '{}')
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
const server = provider.listen(port, '127.0.0.1', () => console.log('listening'))
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
