import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ApiKey, type KeyStamp, type Scope, stampOf } from '../../domain/api-key.ts'
import { ServiceError } from '../../domain/errors.ts'
import { authenticate } from '../../operations/authenticate.ts'
import { authorize } from '../../operations/authorize.ts'
import type { Context } from '../../operations/context.ts'
import './rate-limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that the request came with, in whatever state that is; set where a route asks for a scope. */
    apiKey: ApiKey | null
  }
}

/**
 * For a route's `onRequest`, so that a bad key is answered before the body is read: lets a request pass that
 * carries a key with this scope, or with any for null, of the organization in the path, within its rate limit.
 */
export function requireScope(context: Context, scope: Scope | null) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { organization_id } = request.params as { organization_id: string }
    const apiKey = await authenticateRequest(context, request, reply)
    await request.server.rateLimits.countRequest(request, reply)
    authorize(apiKey, organization_id, scope)
  }
}

/** Returns the stamp of the request's key, which what it makes is revoked by; null where the route asks for no key. */
export function keyStampOf({ apiKey }: Pick<FastifyRequest, 'apiKey'>): KeyStamp | null {
  return apiKey && stampOf(apiKey)
}

/**
 * Notes a known key before its state is looked at, so that its refusal is recorded as its own. Right keys pass however
 * many wrong ones come from their address: others may be behind the same one.
 */
async function authenticateRequest(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<ApiKey> {
  try {
    return await authenticate(context, secretOf(request), (apiKey) => {
      request.apiKey = apiKey
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
