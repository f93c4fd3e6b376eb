import { type Caller, callerOfKey, checkScope, type RequiredScope } from '../../domain/access/caller.ts'
import { callerFor } from '../../domain/access/identity.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import { findStampedKey } from './authenticate.ts'

/** Time for which an admission holds for a request whose body is under way. */
export const ADMISSION_MS = 1000

type AccessContext = Pick<Context, 'database' | 'now'>

/**
 * Check at the end of a body. Throws INVALID_API_KEY, API_KEY_EXPIRED, API_KEY_PAUSED, API_KEY_DEACTIVATED,
 * ORGANIZATION_ACCESS_DENIED and INSUFFICIENT_PERMISSIONS.
 */
export type CheckAdmission = () => Promise<void>

/**
 * Returns a check that a caller that is admitted now still has its rights when the body of its request has arrived. A body
 * of less than a second needs none. The end of a token takes no rights away: a file may take longer than a token is valid.
 */
export function holdAdmission(context: AccessContext, caller: Caller, scope: RequiredScope): CheckAdmission {
  const admittedMs = performance.now()
  return async () => {
    if (performance.now() - admittedMs < ADMISSION_MS) return
    checkScope(await presentCaller(context, caller), scope)
  }
}

/** Returns the caller with its present scopes. */
async function presentCaller(
  context: AccessContext,
  { actor, organizationId, scopes, request }: Caller,
): Promise<Pick<Caller, 'actor' | 'scopes'>> {
  const { database } = context
  if (actor.kind === 'user') {
    const user = await database.users.find(actor.id)
    if (user === null) throw new ServiceError('ORGANIZATION_ACCESS_DENIED', 'there is no such user any more')
    const { tokenExpiresAtMs } = actor
    return callerFor({ kind: 'user', user: { ...user, tokenExpiresAtMs }, request }, organizationId)
  }
  if (actor.kind !== 'key') return { actor, scopes }
  const stamp = { apiKeyId: actor.id, generation: actor.generation }
  const [key, organization] = await Promise.all([
    findStampedKey(context, organizationId, stamp, 'the request began'),
    database.organizations.find(organizationId),
  ])
  if (organization?.isActive !== true) throw organizationSuspended()
  return callerOfKey(key, request)
}
