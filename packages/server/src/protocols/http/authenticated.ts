import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ApiKey, type KeyStamp, type Scope, stampOf } from '../../domain/access/api-key.ts'
import { ServiceError } from '../../domain/errors.ts'
import { authenticate } from '../../operations/access/authenticate.ts'
import { authorize } from '../../operations/access/authorize.ts'
import type { Context } from '../../operations/context.ts'
import './rate-limits.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Key of the request, in any state; set when the route requires a scope. */
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

/** Returns the request key's stamp for new sessions and links; null when the route requires no key. */
export function keyStampOf({ apiKey }: Pick<FastifyRequest, 'apiKey'>): KeyStamp | null {
  return apiKey && stampOf(apiKey)
}

/**
 * Sets a known key before its state is checked, so that its refusal is recorded as the key's. Valid keys pass however
 * many wrong ones come from their address, which several clients may share.
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
