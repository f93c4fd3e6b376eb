import { SCOPES } from '../../domain/access/api-key.ts'
import { getMe, type Me } from '../../operations/users/get-me.ts'
import { getSignIn } from '../../operations/users/get-sign-in.ts'
import { endpoint, PUBLIC } from '../http/endpoint.ts'
import { nullable, object, Time, type TypeOf } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { Departments, Role } from './member-body.ts'
import { toTime } from './vector-store-shapes.ts'

/** Scopes to ask the provider for: they bring the claims for name and address. */
const OIDC_SCOPES = 'openid profile email'

const SignIn = object({
  oidc: nullable(
    object({
      issuer: { type: 'string', examples: ['https://id.example.com/realms/main'] },
      client_id: { type: 'string', examples: ['waybill'] },
      scopes: { type: 'string', description: 'The scopes to ask for.', examples: [OIDC_SCOPES] },
      token: {
        type: 'string',
        enum: ['id_token', 'access_token'],
        description: 'The kind of token to send as the bearer token.',
      },
      audience: nullable({ type: 'string' }, 'The `audience` to ask the provider for; null for ID tokens.'),
    }),
    'The OpenID Connect provider; null if the service has only API keys.',
  ),
})

const signIn = endpoint(
  {
    operation: { action: 'getSignIn', scope: PUBLIC },
    method: 'GET',
    path: URLS.signIn,
    tag: 'Users',
    summary: 'Get what a client needs to sign in a user',
    responses: { 200: { description: 'The ways to sign in.', body: SignIn } },
    errors: [],
  },
  ({ context }) =>
    async (request, reply) => {
      await request.server.rateLimits.countAnonymous(request, reply)
      const facts = getSignIn(context)
      if (facts === null) return { oidc: null }
      const { issuer, clientId, token, audience } = facts
      return { oidc: { issuer, client_id: clientId, scopes: OIDC_SCOPES, token, audience } }
    },
)

const Scopes = { type: 'array', items: { enum: SCOPES } } as const

const MeBody = object({
  user: nullable(
    object({
      id: { type: 'string', examples: ['usr_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
      issuer: { type: 'string' },
      subject: { type: 'string', description: 'The id of the user at the issuer.' },
      name: nullable({ type: 'string' }, 'The name, as the provider tells it.'),
      email: nullable({ type: 'string' }, 'The address, as the provider tells it.'),
      email_verified: { type: 'boolean' },
      created_at: Time,
      last_sign_in_at: Time,
    }),
    'The user; null for an API key.',
  ),
  api_key: nullable(
    object({ id: { type: 'string' }, name: { type: 'string' }, scopes: Scopes }),
    'The API key; null for a user.',
  ),
  organizations: {
    type: 'array',
    items: object({
      id: { type: 'string' },
      name: { type: 'string' },
      role: nullable(Role, 'The role of the user; null for an API key.'),
      scopes: Scopes,
      departments: Departments,
    }),
  },
})

const me = endpoint(
  {
    operation: getMe,
    method: 'GET',
    path: URLS.me,
    tag: 'Users',
    summary: 'Get the user or the API key of the request, with its organizations',
    responses: { 200: { description: 'Who sends the request.', body: MeBody } },
    errors: [],
  },
  ({ context }) =>
    async (request) => {
      if (request.caller === null) throw new Error('the route requires no key')
      return toMeBody(await getMe(context, request.caller))
    },
)

function toMeBody({ user, apiKey, organizations }: Me): TypeOf<typeof MeBody> {
  return {
    user: user && {
      id: user.id,
      issuer: user.issuer,
      subject: user.subject,
      name: user.name,
      email: user.email,
      email_verified: user.isEmailVerified,
      created_at: toTime(user.createdAtMs),
      last_sign_in_at: toTime(user.lastSignInAtMs),
    },
    api_key: apiKey && { id: apiKey.id, name: apiKey.name, scopes: [...apiKey.scopes] },
    organizations: organizations.map(({ scopes, departments, ...rest }) => ({
      ...rest,
      scopes: [...scopes],
      departments: [...departments],
    })),
  }
}

export const SIGN_IN = [signIn]
export const ME = [me]
