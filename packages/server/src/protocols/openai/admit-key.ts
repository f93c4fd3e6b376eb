import { checkScope, type RequiredScope } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../../operations/context.ts'
import { type Admission, identify } from '../http/authenticated.ts'

/** Form of the ids of this service's organizations. OpenAI's own ids have a hyphen after `org`. */
const OWN_ID = /^org_[A-Za-z0-9]+$/

/**
 * Returns an `onRequest` hook that admits requests with a valid key of any organization: the key decides which one. The
 * client sends its environment's organization of OpenAI unasked, so only an id of this service must match.
 */
export function admitKey(context: Context, scope: RequiredScope): Admission {
  return async (request, reply) => {
    const caller = await identify(context, request, reply)
    const named = request.headers['openai-organization']
    if (typeof named === 'string' && OWN_ID.test(named) && named !== caller.organizationId) {
      const message = 'OpenAI-Organization names another organization than that of the API key'
      throw new ServiceError('ORGANIZATION_ACCESS_DENIED', message, { header: 'OpenAI-Organization' })
    }
    checkScope(caller, scope)
  }
}
