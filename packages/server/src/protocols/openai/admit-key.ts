import { checkScope, type RequiredScope } from '../../domain/access/caller.ts'
import { callerFor, type Identity } from '../../domain/access/identity.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../../operations/context.ts'
import { type Admission, identify } from '../http/authenticated.ts'

/** Form of the ids of this service's organizations. OpenAI's own ids have a hyphen after `org`. */
const OWN_ID = /^org_[A-Za-z0-9]+$/

/**
 * Returns an `onRequest` hook that admits requests with a valid key of any organization: the key decides which one. The
 * client sends its environment's organization of OpenAI unasked, so only an id of this service must match. A user with
 * several organizations chooses one with this header.
 */
export function admitKey(context: Context, scope: RequiredScope): Admission {
  return async (request, reply) => {
    const identity = await identify(context, request, reply)
    const named = request.headers['openai-organization']
    const ownId = typeof named === 'string' && OWN_ID.test(named) ? named : null
    if (ownId !== null && !organizationsOf(identity).includes(ownId)) {
      const owner = identity.kind === 'key' ? 'that of the API key' : 'those of the user'
      const message = `OpenAI-Organization names another organization than ${owner}`
      throw new ServiceError('ORGANIZATION_ACCESS_DENIED', message, { header: 'OpenAI-Organization' })
    }
    const caller = callerFor(identity, ownId)
    request.caller = caller
    checkScope(caller, scope)
  }
}

function organizationsOf(identity: Identity): readonly string[] {
  if (identity.kind === 'key') return [identity.caller.organizationId]
  return identity.user.memberships.map(({ organizationId }) => organizationId)
}
