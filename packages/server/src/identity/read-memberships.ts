import { isRole, type ProvidedMembership, ROLES } from '../domain/access/user.ts'
import { isId } from '../domain/ids.ts'

/** Claims in which the provider tells the memberships of a user. */
export interface MembershipClaims {
  /** Claim with the ids of organizations; null when members are managed in this service. */
  readonly organizationClaim: string | null
  /** Claim with roles; null makes everybody a `member`. */
  readonly roleClaim: string | null
}

/** Organizations of one token that count. */
const MAX_ORGANIZATIONS = 100

/**
 * Returns the memberships that the claims tell; null when members are managed in this service. Of several roles the one
 * with the most permissions counts. A user without a known role is no member.
 */
export function readMemberships(
  claims: Readonly<Record<string, unknown>>,
  { organizationClaim, roleClaim }: MembershipClaims,
): readonly ProvidedMembership[] | null {
  if (organizationClaim === null) return null
  const names = roleClaim === null ? ['member'] : textsOf(claimAt(claims, roleClaim))
  const given = names.filter(isRole)
  const role = ROLES.find((one) => given.includes(one))
  if (role === undefined) return []
  const ids = new Set(textsOf(claimAt(claims, organizationClaim)).filter(isId))
  return [...ids].slice(0, MAX_ORGANIZATIONS).map((organizationId) => ({ organizationId, role }))
}

/** Returns the claim with this name, or at this path with dots, such as `realm_access.roles`. */
function claimAt(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path]
  return path.split('.').reduce<unknown>((value, name) => {
    const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    return isObject ? (value as Readonly<Record<string, unknown>>)[name] : undefined
  }, claims)
}

function textsOf(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value]
  return values.filter((one) => typeof one === 'string')
}
