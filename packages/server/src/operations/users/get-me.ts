import type { ApiKey, Scope } from '../../domain/access/api-key.ts'
import { type Caller, keyIdOf, userIdOf } from '../../domain/access/caller.ts'
import { type Role, scopesOf, type User } from '../../domain/access/user.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation, type NoInput } from '../define-operation.ts'

/** The caller, with the organizations in which it may do something. */
export interface Me {
  /** User that sent the request; null for a key. */
  readonly user: User | null
  /** Key that sent the request; null for a user. */
  readonly apiKey: ApiKey | null
  readonly organizations: readonly MyOrganization[]
}

export interface MyOrganization {
  readonly id: string
  readonly name: string
  /** Role in the organization; null for a key. */
  readonly role: Role | null
  readonly scopes: readonly Scope[]
  readonly departments: readonly string[]
}

/** Returns who the caller is, without suspended organizations. */
export const getMe = defineOperation(
  { action: 'getMe', kind: 'read', scope: null },
  async (
    { database }: Pick<Context, 'database'>,
    caller: Caller<string | null>,
    _input: NoInput,
  ): Promise<Me> => {
    const userId = userIdOf(caller)
    return userId === null ? describeKey(database, caller) : describeUser(database, userId)
  },
)

async function describeUser(database: Context['database'], userId: string): Promise<Me> {
  const known = await database.users.find(userId)
  if (known === null) throw new ServiceError('TOKEN_INVALID', 'the user does not exist any more')
  const active = known.memberships.filter(({ isOrganizationActive }) => isOrganizationActive)
  const organizations = active.map(({ organizationId, organizationName, role, departments }) => ({
    ...{ id: organizationId, name: organizationName, role, departments },
    scopes: scopesOf(role),
  }))
  return { user: known.user, apiKey: null, organizations }
}

async function describeKey(
  { apiKeys, organizations }: Context['database'],
  caller: Caller<string | null>,
): Promise<Me> {
  const { organizationId } = caller
  const keyId = keyIdOf(caller)
  const [apiKey, organization] =
    organizationId === null || keyId === null
      ? [null, null]
      : await Promise.all([apiKeys.find(organizationId, keyId), organizations.find(organizationId)])
  if (apiKey === null || organization === null)
    throw new ServiceError('INVALID_API_KEY', 'the key does not exist any more')
  const { id, name } = organization
  return {
    user: null,
    apiKey,
    organizations: [{ id, name, role: null, scopes: apiKey.scopes, departments: [] }],
  }
}
