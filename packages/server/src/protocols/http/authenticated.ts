import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Caller, checkOrganization, checkScope, type RequiredScope } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { authenticate } from '../../operations/access/authenticate.ts'
import type { Context } from '../../operations/context.ts'
import { requestFacts } from './client-address.ts'
import './rate-limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Caller with the request's key, in any state; set when the route requires a key. */
    caller: Caller | null
  }
}

/**
 * Returns an `onRequest` hook that admits requests with a valid key. The key must belong to the organization in the
 * path, have the scope (null: any) and be within its rate limit. The hook runs before the body is read, so that a
 * request with a wrong key costs little.
 */
export function requireScope(context: Context, scope: RequiredScope): Admission {
  return async (request, reply) => {
    const { organization_id } = request.params as { organization_id: string }
    const caller = await identify(context, request, reply)
    checkOrganization(caller, organization_id)
    checkScope(caller, scope)
  }
}

/** Hook that admits a request, or throws the error of its refusal. */
export type Admission = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

/** Returns the caller with the request's key. Throws when the key is not valid or beyond its rate limit. */
export async function identify(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Caller> {
  const caller = await authenticateRequest(context, request, reply)
  await request.server.rateLimits.countRequest(request, reply)
  return caller
}

/** Returns the caller of a request that `requireScope` has admitted. */
export function callerOf({ caller, url }: Pick<FastifyRequest, 'caller' | 'url'>): Caller {
  if (caller === null) throw new Error(`the route of ${url.split('?', 1)[0]} requires no key`)
  return caller
}

/**
 * Authenticates the request. Sets the caller of a known key before the key's state is checked, so that the audit names
 * the key in a refusal. Only wrong keys count against their address: several clients may share it, and valid keys
 * always pass.
 */
async function authenticateRequest(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Caller> {
  try {
    return await authenticate(context, secretOf(request), requestFacts(request), (caller) => {
      request.caller = caller
    })
  } catch (error) {
    const isWrongKey = error instanceof ServiceError && error.code === 'INVALID_API_KEY'
    if (isWrongKey) await request.server.rateLimits.countWrongKey(request, reply)
    throw error
  }
}

function secretOf({ headers }: FastifyRequest): string | null {
  const apiKey = headers['x-api-key']
  if (typeof apiKey === 'string' && apiKey !== '') return apiKey
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null
}
