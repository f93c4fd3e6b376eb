import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface BodyRequest {
  readonly method: 'PUT' | 'PATCH' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string | number>>
  readonly bodyBytes: number
}

export interface BodyAnswer {
  readonly status: number
  readonly head: string
}

/** Random, so that no disk or protocol can make less of it, and made once. */
const SOURCE_BYTES = 4 * 1024 * 1024
const source = crypto.getRandomValues(new Uint8Array(64 * 1024))
const block = Buffer.alloc(SOURCE_BYTES)
for (let at = 0; at < SOURCE_BYTES; at += source.length) block.set(source, at)

/** Opens a connection that `putBody` sends requests on, one after the other. */
export async function openConnection(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  return socket
}

/**
 * Sends one request with a body of `bodyBytes` bytes, written straight to the socket from one buffer: an HTTP client
 * would cost more than what is measured. Resolves with the answer's head; throws where the connection ends first.
 */
export async function putBody(socket: Socket, request: BodyRequest): Promise<BodyAnswer> {
  const { method, url, headers, bodyBytes } = request
  const { host, pathname, search } = new URL(url)
  const lines = Object.entries({ host, ...headers, 'content-length': bodyBytes })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const answer = readHead(socket)
  socket.write(`${method} ${pathname}${search} HTTP/1.1\r\n${head}\r\n`)
  await Promise.race([answer, sendBody(socket, bodyBytes)])
  return answer
}

async function sendBody(socket: Socket, bodyBytes: number): Promise<void> {
  for (let sent = 0; sent < bodyBytes; ) {
    const part = block.subarray(0, Math.min(block.length, bodyBytes - sent))
    sent += part.length
    if (!socket.write(part)) await once(socket, 'drain')
  }
}

/** The answers that are asked for here have small bodies, which come with their heads and are left alone. */
function readHead(socket: Socket): Promise<BodyAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<BodyAnswer>()
  let text = ''
  const onData = (bytes: Buffer) => {
    text += bytes.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) return
    stop()
    const head = text.slice(0, end)
    resolve({ status: Number(head.split(' ', 2)[1]), head })
  }
  const onEnd = () => {
    stop()
    reject(new Error('the connection ended before the answer'))
  }
  const stop = () => socket.off('data', onData).off('close', onEnd).off('error', onEnd)
  socket.on('data', onData).on('close', onEnd).on('error', onEnd)
  return promise
}
