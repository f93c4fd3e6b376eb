import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Request that is sent slowly. */
export interface SlowRequest {
  readonly head: string
  readonly body: Buffer
  /** Number of bytes that are sent at once. The others are sent slowly. */
  readonly promptBytes: number
}

export interface SlowConnections {
  /** Sends the remaining bytes at once, and asserts that every answer is 200. */
  finish(): Promise<void>
  close(): void
}

/** Interval between two bytes of a connection. */
const BYTE_EVERY_MS = 500
const TICK_MS = 10

interface Slow {
  readonly socket: Socket
  readonly bytes: Buffer
  sentBytes: number
  received: string
}

/** Opens connections that send a byte at an interval. */
export async function openSlowConnections(
  port: number,
  requests: readonly SlowRequest[],
): Promise<SlowConnections> {
  const connections = await Promise.all(requests.map((request) => openSlow(port, request)))
  let next = 0
  const timer = setInterval(() => {
    const perTick = Math.ceil((connections.length * TICK_MS) / BYTE_EVERY_MS)
    for (let count = 0; count < perTick; count++) {
      const slow = connections[next++ % connections.length]
      // `finish` sends the last byte.
      if (slow && slow.sentBytes + 1 < slow.bytes.length) sendMore(slow, 1)
    }
  }, TICK_MS)
  return {
    finish: async () => {
      clearInterval(timer)
      await Promise.all(connections.map(finishSlow))
    },
    close: () => {
      clearInterval(timer)
      for (const { socket } of connections) socket.destroy()
    },
  }
}

async function openSlow(port: number, { head, body, promptBytes }: SlowRequest): Promise<Slow> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  const slow: Slow = { socket, bytes: Buffer.concat([Buffer.from(head), body]), sentBytes: 0, received: '' }
  socket.on('data', (data) => {
    slow.received += data.toString('latin1')
  })
  socket.on('error', () => {
    // The missing answer reports the error.
  })
  sendMore(slow, promptBytes)
  return slow
}

function sendMore(slow: Slow, count: number): void {
  slow.socket.write(slow.bytes.subarray(slow.sentBytes, slow.sentBytes + count))
  slow.sentBytes += count
}

async function finishSlow(slow: Slow): Promise<void> {
  assert.equal(slow.received, '', 'it was answered before it had sent all')
  assert.ok(!slow.socket.closed, 'it was closed before it had sent all')
  const answered = Promise.race([once(slow.socket, 'data'), once(slow.socket, 'close')])
  sendMore(slow, slow.bytes.length - slow.sentBytes)
  await answered
  assert.match(slow.received, /^HTTP\/1\.1 200 /)
  slow.socket.destroy()
}
