import type { FastifyRequest } from 'fastify'
import { checkScope, type RequiredScope } from '../../domain/access/caller.ts'
import { callerFor, type Identity } from '../../domain/access/identity.ts'
import type { Context } from '../../operations/context.ts'
import { type Admission, identify } from '../http/authenticated.ts'

/**
 * Returns an `onRequest` hook for paths without an organization: the key decides which one. A query that names another
 * one is refused. A user with several organizations must name one, in the query or, where it has the field, in the body,
 * which the handler then reads with `callerNamed`.
 */
export function admitKey(context: Context, scope: RequiredScope): Admission {
  return async (request, reply) => {
    const identity = await identify(context, request, reply)
    const { organization_id } = request.query as { readonly organization_id?: unknown }
    const named = organization_id === undefined ? null : String(organization_id)
    if (named === null && hasSeveral(identity) && isNamedInBody(request)) return
    const caller = callerFor(identity, named)
    request.caller = caller
    checkScope(caller, scope)
  }
}

function hasSeveral(identity: Identity): boolean {
  return identity.kind === 'user' && identity.user.memberships.length > 1
}

interface BodySchema {
  readonly properties?: object
  readonly anyOf?: readonly BodySchema[]
}

function isNamedInBody({ routeOptions }: FastifyRequest): boolean {
  const body = (routeOptions.schema?.body ?? {}) as BodySchema
  return [body, ...(body.anyOf ?? [])].some(({ properties = {} }) => 'organization_id' in properties)
}

/** Returns an `onRequest` hook for requests on the caller itself, which may be a user without an organization. */
export function admitCaller(context: Context, scope: RequiredScope): Admission {
  return async (request, reply) => {
    await identify(context, request, reply)
    if (request.caller !== null) checkScope(request.caller, scope)
  }
}
