import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Open connections of a server, and which of them wait for their client. */
export interface Connections {
  /**
   * Marks a connection as waiting for bytes of a request that is not an upload: a closing server does not wait for
   * them. Returns the function that ends the wait.
   */
  beginWait(socket: Socket): () => void
  /**
   * Closes every connection that waits for its client now or later: for the head of a request, or for a body that is
   * not an upload. Running operations, uploads and responses continue.
   */
  cutWaiting(): void
}

interface Connection {
  requests: number
  waits: number
}

/** Tracks the server's connections. */
export function watchConnections(server: Server): Connections {
  const connections = new Map<Socket, Connection>()
  let isCutting = false

  const cutIfWaiting = (socket: Socket, { requests, waits }: Connection) => {
    if (isCutting && (requests === 0 || waits > 0)) socket.destroy()
  }

  server.on('connection', (socket) => {
    const connection = { requests: 0, waits: 0 }
    connections.set(socket, connection)
    socket.once('close', () => connections.delete(socket))
    cutIfWaiting(socket, connection)
  })
  server.on('request', ({ socket }, response) => {
    const connection = connections.get(socket)
    if (connection === undefined) return
    connection.requests++
    response.once('close', () => {
      connection.requests--
      cutIfWaiting(socket, connection)
    })
  })

  return {
    beginWait: (socket) => {
      const connection = connections.get(socket)
      if (connection === undefined) return () => {}
      connection.waits++
      cutIfWaiting(socket, connection)
      return () => {
        connection.waits--
      }
    },
    cutWaiting: () => {
      isCutting = true
      for (const [socket, connection] of connections) cutIfWaiting(socket, connection)
    },
  }
}
