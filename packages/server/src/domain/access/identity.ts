import { ServiceError } from '../errors.ts'
import { type Caller, callerOfUser, checkOrganization, type RequestFacts } from './caller.ts'
import type { SignedInUser } from './user.ts'

/** Client with a valid credential, before the organization of its request is known. */
export type Identity =
  | { readonly kind: 'key'; readonly caller: Caller }
  | { readonly kind: 'user'; readonly user: AuthenticatedUser; readonly request: RequestFacts }

export interface AuthenticatedUser extends SignedInUser {
  readonly tokenExpiresAtMs: number
}

/**
 * Returns the caller of a request on an organization. Null stands for a request that names none: then it is that of the
 * key, or the only one of the user, except for suspended ones. Throws ORGANIZATION_ACCESS_DENIED without a hint of whether the organization exists,
 * and AMBIGUOUS_ORGANIZATION.
 */
export function callerFor(identity: Identity, organizationId: string | null): Caller {
  if (identity.kind === 'key') {
    if (organizationId !== null) checkOrganization(identity.caller, organizationId)
    return identity.caller
  }
  const { user, request } = identity
  const active = user.memberships.filter(({ isOrganizationActive }) => isOrganizationActive)
  const memberships = organizationId === null && active.length > 0 ? active : user.memberships
  if (organizationId === null && memberships.length > 1)
    throw new ServiceError('AMBIGUOUS_ORGANIZATION', 'the user is a member of several organizations')
  const membership = memberships.find(
    (one) => organizationId === null || one.organizationId === organizationId,
  )
  if (membership === undefined)
    throw new ServiceError('ORGANIZATION_ACCESS_DENIED', 'the user is not a member of the organization')
  if (!membership.isOrganizationActive)
    throw new ServiceError('ORGANIZATION_ACCESS_DENIED', 'the organization is suspended by the operator')
  return callerOfUser(user, membership, request)
}
