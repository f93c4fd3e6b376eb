import type { JWTPayload } from 'jose'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { addMember, type NewMemberInput } from '../../src/operations/members/add-member.ts'
import { sendToApi } from '../api/client.ts'
import { type Answer, json } from '../api/exchange.ts'
import type { TestApp } from '../start-app.ts'
import type { FixtureProvider } from './fixture-provider.ts'

export interface MemberObject {
  readonly id: string
  readonly state: string
  readonly user_id: string | null
  readonly email: string | null
  readonly name: string | null
  readonly role: string
  readonly departments: readonly string[]
  readonly joined_at: string | null
}

export interface MeObject {
  readonly user: {
    readonly id: string
    readonly subject: string
    readonly name: string | null
    readonly email: string | null
    readonly email_verified: boolean
  } | null
  readonly api_key: { readonly id: string; readonly name: string } | null
  readonly organizations: readonly {
    readonly id: string
    readonly role: string | null
    readonly scopes: readonly string[]
    readonly departments: readonly string[]
  }[]
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Claims of a user with a verified address. */
export const claimsOf = (name: string): JWTPayload => ({
  sub: name,
  name: `${name} Example`,
  email: `${name}@example.com`,
  email_verified: true,
})

/** Adds a member or an invitation as `waybill members add` does. */
export function addAsOperator(
  { context, organizationId }: Pick<TestApp, 'context' | 'organizationId'>,
  input: Partial<NewMemberInput>,
) {
  const all = { email: null, userId: null, role: 'member', departments: [], ...input }
  return addMember(context, operatorCaller(organizationId), all)
}

/** Invites a user and returns a token of this user. */
export async function memberToken(
  app: Pick<TestApp, 'context' | 'organizationId'>,
  provider: FixtureProvider,
  name: string,
  input: Partial<NewMemberInput> = {},
): Promise<string> {
  await addAsOperator(app, { email: `${name}@example.com`, ...input })
  return provider.token(claimsOf(name))
}

/** Returns a function that sends requests with a token, on paths of the organization or with `/v1`. */
export function userOf(app: TestApp, token: string) {
  return (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    sendToApi(app, method, path.startsWith('/v1') ? path : `/v1/organizations/${app.organizationId}${path}`, {
      ...{ credentials: bearer(token), headers },
      ...(body === undefined ? {} : { body }),
    })
}

export async function meOf(app: TestApp, token: string): Promise<MeObject> {
  return json<MeObject>(await userOf(app, token)('GET', '/v1/me'))
}
