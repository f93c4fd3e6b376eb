import type { Socket } from 'node:net'

export interface RouteBytes {
  received: number
  sent: number
}

export interface ConnectionBytes {
  /** Attributes the bytes of the connection to the route, until the returned function is called. */
  begin(socket: Socket, route: string): () => void
  /** Returns the bytes by route, requests in progress included. They never decrease. */
  totals(): ReadonlyMap<string, RouteBytes>
}

/**
 * Counts the bytes of connections by the route of their requests. Reads the counters of the sockets at the end of each
 * request and in `totals`: no data passes through it, and the count of an upload of hours grows steadily.
 */
export function createConnectionBytes(): ConnectionBytes {
  const totals = new Map<string, RouteBytes>()
  const counted = new WeakMap<Socket, RouteBytes>()
  const inProgress = new Set<() => void>()

  const count = (socket: Socket, route: string) => {
    // The head of a request arrives before `begin`, so count from the end of the previous request.
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
      inProgress.add(countNow)
      return () => {
        inProgress.delete(countNow)
        countNow()
      }
    },
    totals: () => {
      for (const countNow of inProgress) countNow()
      return totals
    },
  }
}
