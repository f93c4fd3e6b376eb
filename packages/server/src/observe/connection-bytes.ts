import type { Socket } from 'node:net'

export interface RouteBytes {
  received: number
  sent: number
}

export interface ConnectionBytes {
  /** From now on the connection's bytes are the route's; the function that it returns ends that. */
  begin(socket: Socket, route: string): () => void
  /** By route, what is on its way at this moment included. Never less than before. */
  totals(): ReadonlyMap<string, RouteBytes>
}

/**
 * What connections carry, by the route of the request that they carried it for: read off the sockets at the end of
 * each request and whenever somebody asks, so that no byte is touched for it and an upload of hours grows steadily.
 */
export function createConnectionBytes(): ConnectionBytes {
  const totals = new Map<string, RouteBytes>()
  const counted = new WeakMap<Socket, RouteBytes>()
  const underWay = new Set<() => void>()

  const count = (socket: Socket, route: string) => {
    // A request's first bytes come with its head, before anybody knows of it: so from the end of the one before.
    const before = counted.get(socket) ?? { received: 0, sent: 0 }
    const now = { received: socket.bytesRead, sent: socket.bytesWritten }
    const total = totals.get(route) ?? { received: 0, sent: 0 }
    total.received += Math.max(0, now.received - before.received)
    total.sent += Math.max(0, now.sent - before.sent)
    totals.set(route, total)
    counted.set(socket, now)
  }

  return {
    begin: (socket, route) => {
      const countNow = () => count(socket, route)
      underWay.add(countNow)
      return () => {
        underWay.delete(countNow)
        countNow()
      }
    },
    totals: () => {
      for (const countNow of underWay) countNow()
      return totals
    },
  }
}
