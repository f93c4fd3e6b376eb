import { checkOrganization, checkScope, type RequiredScope } from '../../domain/access/caller.ts'
import type { Context } from '../../operations/context.ts'
import { type Admission, identify } from '../http/authenticated.ts'

/**
 * Returns an `onRequest` hook for paths without an organization: the key decides which one. A query that names another
 * one is refused.
 */
export function admitKey(context: Context, scope: RequiredScope): Admission {
  return async (request, reply) => {
    const caller = await identify(context, request, reply)
    const { organization_id } = request.query as { readonly organization_id?: unknown }
    if (organization_id !== undefined) checkOrganization(caller, String(organization_id))
    checkScope(caller, scope)
  }
}
