import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { hasScope } from '../../src/domain/access/api-key.ts'
import { isUrlCredential } from '../../src/domain/access/caller.ts'
import { ROLES, type Role, scopesOf } from '../../src/domain/access/user.ts'
import { ENDPOINTS } from '../../src/protocols/endpoints.ts'
import { type Endpoint, PUBLIC } from '../../src/protocols/http/endpoint.ts'
import { OPENAI_ENDPOINTS } from '../../src/protocols/openai/openai-endpoints.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type FixtureProvider, startFixtureProvider } from '../users/fixture-provider.ts'
import { bearer, claimsOf, memberToken } from '../users/sign-in.ts'

interface Try {
  readonly endpoint: Endpoint
  readonly method: string
  readonly isOpenai: boolean
}

/** Its answer has no end for a caller whom it admits. */
const ENDLESS = 'streamEvents'

const triesOf = (endpoints: readonly Endpoint[], isOpenai: boolean): Try[] =>
  endpoints
    .filter(({ operation: { scope, action } }) => {
      return scope !== PUBLIC && !isUrlCredential(scope) && action !== 'getMe'
    })
    .flatMap((endpoint) => [endpoint.method].flat().map((method) => ({ endpoint, method, isOpenai })))

const TRIES = [...triesOf(ENDPOINTS, false), ...triesOf(OPENAI_ENDPOINTS, true)]

/** Each endpoint that needs a credential, called by users of each role and by users without one. */
describe('users at every endpoint', () => {
  let app: TestApp
  let provider: FixtureProvider
  const tokens = {} as Record<Role | 'other' | 'nobody', string>
  before(async () => {
    provider = await startFixtureProvider()
    app = await startApp({ env: { ...provider.env, RATE_LIMIT_PER_MINUTE: '0' } })
    for (const role of ROLES) tokens[role] = await memberToken(app, provider, role, { role })
    const other = await app.addOrganization('org_other')
    tokens.other = await memberToken({ ...app, ...other }, provider, 'other', { role: 'owner' })
    tokens.nobody = await provider.token(claimsOf('nobody'))
  })
  after(async () => {
    await app.stop()
    await provider.stop()
  })

  /** Sends a request on things that do not exist, in the app's organization. Returns its status. */
  const statusOf = async ({ endpoint, method, isOpenai }: Try, token: string) => {
    const hasOrganization = endpoint.path.includes(':organization_id')
    const path = endpoint.path
      .replace(':organization_id', app.organizationId)
      .replace(/:(\w+)_id/g, '$1_unknown')
      .replace(/:\w+/g, 'unknown')
    const url = `${app.url}${path}${hasOrganization || isOpenai ? '' : `?organization_id=${app.organizationId}`}`
    const hasBody = !['GET', 'HEAD', 'DELETE'].includes(method)
    const response = await fetch(url, {
      method,
      headers: {
        ...bearer(token),
        // Checked before the credential.
        ...(path.endsWith('/tus') && { 'tus-resumable': '1.0.0' }),
        ...(isOpenai && { 'openai-organization': app.organizationId }),
        ...(hasBody && { 'content-type': 'application/json' }),
      },
      ...(hasBody && { body: '{}' }),
    })
    await response.arrayBuffer()
    return response.status
  }

  it('are told apart by their organizations', async () => {
    for (const one of TRIES) {
      const name = `${one.method} ${one.endpoint.path}`
      for (const token of [tokens.other, tokens.nobody])
        assert.equal(await statusOf(one, token), one.isOpenai ? 401 : 403, name)
    }
  })

  for (const role of ROLES) {
    it(`may do as ${role} what the scopes of the role allow`, async () => {
      for (const one of TRIES) {
        const { operation, path } = one.endpoint
        const scope = operation.scope as Parameters<typeof hasScope>[1] | null
        const isAllowed = scope === null || hasScope({ scopes: scopesOf(role) }, scope)
        if (isAllowed && operation.action === ENDLESS) continue
        const status = await statusOf(one, tokens[role])
        assert.equal(status === 403, !isAllowed, `${one.method} ${path}: ${status}`)
        assert.notEqual(status, 401, `${one.method} ${path}`)
      }
    })
  }
})
