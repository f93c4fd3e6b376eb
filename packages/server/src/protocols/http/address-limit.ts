import type { Server } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { networkOf } from '../../domain/access/network-of.ts'
import type { TrustsProxy } from '../../domain/access/trusted-proxies.ts'
import { ServiceError } from '../../domain/errors.ts'

/**
 * Limits the connections per address, or per /64 of an IPv6 address. A client's own connection beyond the limit is
 * closed immediately. For trusted proxies the running requests of each forwarded address are counted; throws
 * RATE_LIMIT_EXCEEDED for one beyond the limit.
 */
export function limitAddresses(app: FastifyInstance, max: number, isProxy: TrustsProxy): void {
  const counts = createCounts(max)
  limitConnections(app.server, counts, isProxy)

  app.addHook('onRequest', async (request, reply) => {
    if (!isProxy(request.socket.remoteAddress, 0)) return
    const end = counts.begin(request.ip)
    if (end !== null) {
      reply.raw.once('close', end)
      return
    }
    reply.headers({ 'retry-after': '1', connection: 'close' })
    throw new ServiceError('RATE_LIMIT_EXCEEDED', `${max} requests from your address are running`)
  })
}

function limitConnections(server: Server, counts: Counts, isProxy: TrustsProxy): void {
  server.prependListener('connection', (socket) => {
    const { remoteAddress = '' } = socket
    if (isProxy(remoteAddress, 0)) return
    const end = counts.begin(remoteAddress)
    if (end === null) socket.destroy()
    else socket.once('close', end)
  })
}

interface Counts {
  /** Counts one more. Returns the function that ends it; null when the limit is reached. */
  begin(address: string): (() => void) | null
}

function createCounts(max: number): Counts {
  const counts = new Map<string, number>()
  return {
    begin: (address) => {
      const network = networkOf(address)
      const count = counts.get(network) ?? 0
      if (count >= max) return null
      counts.set(network, count + 1)
      return () => {
        const left = (counts.get(network) ?? 1) - 1
        if (left > 0) counts.set(network, left)
        else counts.delete(network)
      }
    },
  }
}
