import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface SlowBodies {
  /** Returns the number of connections that the server has not closed. */
  open(): number
  /** Returns the status of each connection's first answer; null when there was none. */
  statuses(): readonly (number | null)[]
  /** Closes the remaining connections. */
  stop(): void
}

interface SlowBody {
  readonly socket: Socket
  sentBytes: number
  received: string
}

const PIECE_BYTES = 16 * 1024
const CONNECT_AT_ONCE = 100
const ROUND_MS = 250

/**
 * Opens `count` connections. Each sends its head immediately, then a piece of its body in every round until
 * `promptBytes`, then one byte in every round. None sends its last byte or closes its side after the server: a
 * connection counts as closed when the server has released it completely.
 */
export async function openSlowBodies(
  port: number,
  count: number,
  head: (index: number) => string,
  promptBytes: number,
): Promise<SlowBodies> {
  const bodies: SlowBody[] = []
  while (bodies.length < count) {
    const more = Math.min(CONNECT_AT_ONCE, count - bodies.length)
    const first = bodies.length
    bodies.push(...(await Promise.all(Array.from({ length: more }, (_, at) => open(port, head(first + at))))))
  }
  const piece = Buffer.alloc(PIECE_BYTES, ' ')
  let isOver = false
  const send = async () => {
    while (!isOver) {
      for (const [index, body] of bodies.entries()) {
        if (body.socket.destroyed || body.socket.writableNeedDrain) continue
        const bytes = body.sentBytes < promptBytes ? PIECE_BYTES : 1
        body.socket.write(piece.subarray(0, bytes))
        body.sentBytes += bytes
        // Let other work of this process run in between.
        if (index % CONNECT_AT_ONCE === 0) await pause(0)
      }
      await pause(ROUND_MS)
    }
  }
  void send()
  return {
    open: () => bodies.filter(({ socket }) => !socket.destroyed).length,
    statuses: () =>
      bodies.map(({ received }) => {
        const status = /^HTTP\/1\.1 (\d{3})/.exec(received)?.[1]
        return status === undefined ? null : Number(status)
      }),
    stop: () => {
      isOver = true
      for (const { socket } of bodies) socket.destroy()
    },
  }
}

async function open(port: number, head: string): Promise<SlowBody> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setNoDelay(true)
  const body: SlowBody = { socket, sentBytes: 0, received: '' }
  socket.on('data', (data) => {
    if (body.received.length < 100) body.received += data.toString('latin1')
  })
  socket.on('error', () => {
    // The server closed it: "close" follows.
  })
  await once(socket, 'connect')
  socket.write(head)
  return body
}
