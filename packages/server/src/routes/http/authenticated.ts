import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiKey, Scope } from '../../domain/api-key.ts'
import { authenticate } from '../../operations/authenticate.ts'
import type { Context } from '../../operations/context.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that the request came with; set where a route asks for a scope. */
    apiKey: ApiKey | null
  }
}

/**
 * For a route's `onRequest`, so that a bad key is answered before the body is read: lets a request pass that
 * carries a key with this scope, of the organization in the path.
 */
export function requireScope(context: Context, scope: Scope) {
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    const { organization_id } = request.params as { organization_id: string }
    request.apiKey = await authenticate(context, secretOf(request), organization_id, scope)
  }
}

function secretOf({ headers }: FastifyRequest): string | null {
  const apiKey = headers['x-api-key']
  if (typeof apiKey === 'string' && apiKey !== '') return apiKey
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null
}
