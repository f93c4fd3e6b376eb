import type { FastifyRequest } from 'fastify'

/** Returns the credential in the query of a session URL; empty without one, which no session has. */
export function uploadIdOf({ query }: FastifyRequest): string {
  const { upload_id } = query as Record<string, unknown>
  return typeof upload_id === 'string' ? upload_id : ''
}
