import { isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Longer than any address, with a zone too. */
const MAX_LENGTH = 64

/**
 * Returns the address that the request came from, an IPv4 one without the prefix it has on an IPv6 socket. Null
 * where it is no address: behind a proxy the text is one that a client may have had a hand in.
 */
export function clientAddress({ ip }: Pick<FastifyRequest, 'ip'>): string | null {
  if (ip === undefined || ip.length > MAX_LENGTH || isIP(ip) === 0) return null
  return ip.replace(/^::ffff:(?=\d+\.)/i, '')
}

/**
 * Makes `request.ip` an IP address in every hook that is added later. A forwarded address that is none would reach
 * logs and records as it was sent: `X-Forwarded-For` is ignored then, and the address is that of the proxy.
 */
export function checkForwardedAddresses(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (isIP(request.ip) === 0) delete request.headers['x-forwarded-for']
  })
}
