import { isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestFacts } from '../../domain/access/caller.ts'

/** Upper bound of the length of an address, including a zone. */
const MAX_LENGTH = 64

/**
 * Returns the client address of the request, without the prefix that IPv6 sockets add to an IPv4 address. Returns null
 * when the text is not an address: behind a proxy, the client may have chosen it.
 */
export function clientAddress({ ip }: Pick<FastifyRequest, 'ip'>): string | null {
  if (ip === undefined || ip.length > MAX_LENGTH) return null
  const version = isIP(ip)
  if (version === 0) return null
  return version === 4 ? ip : ip.replace(/^::ffff:(?=\d+\.)/i, '')
}

/** Returns the facts of a request that the audit records. */
export function requestFacts(request: Pick<FastifyRequest, 'id' | 'ip'>): RequestFacts {
  return { traceId: request.id, clientAddress: clientAddress(request) }
}

/**
 * Guarantees that `request.ip` is an IP address in every hook that is added later. When the forwarded value is not
 * one, `X-Forwarded-For` is ignored and the proxy's address is used, so that the value does not reach logs and records.
 */
export function checkForwardedAddresses(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (isIP(request.ip) === 0) delete request.headers['x-forwarded-for']
  })
}
