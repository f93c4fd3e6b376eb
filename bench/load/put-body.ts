import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface BodyRequest {
  readonly method: 'PUT' | 'PATCH' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string | number>>
  readonly bodyBytes: number
  /** Text around the bytes of the body, such as a form. */
  readonly frame?: readonly [before: string, after: string]
}

export interface BodyAnswer {
  readonly status: number
  readonly head: string
}

/** Random bytes, so that no disk or protocol can compress them; generated once. */
const SOURCE_BYTES = 4 * 1024 * 1024
const source = crypto.getRandomValues(new Uint8Array(64 * 1024))
const block = Buffer.alloc(SOURCE_BYTES)
for (let at = 0; at < SOURCE_BYTES; at += source.length) block.set(source, at)

/** Opens a connection on which `putBody` sends requests, one after the other. */
export async function openConnection(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  return socket
}

/**
 * Sends one request with a body of `bodyBytes` bytes, written directly from one buffer to the socket: an HTTP client
 * would cost more than the measured server. Resolves with the answer's head; throws when the connection ends first.
 */
export async function putBody(socket: Socket, request: BodyRequest): Promise<BodyAnswer> {
  const { method, url, headers, bodyBytes, frame: [before, after] = ['', ''] } = request
  const { host, pathname, search } = new URL(url)
  const lines = Object.entries({
    host,
    ...headers,
    'content-length': before.length + bodyBytes + after.length,
  })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const answer = readHead(socket)
  socket.write(`${method} ${pathname}${search} HTTP/1.1\r\n${head}\r\n${before}`)
  await Promise.race([answer, sendBody(socket, bodyBytes).then(() => socket.write(after))])
  return answer
}

async function sendBody(socket: Socket, bodyBytes: number): Promise<void> {
  for (let sent = 0; sent < bodyBytes; ) {
    const part = block.subarray(0, Math.min(block.length, bodyBytes - sent))
    sent += part.length
    if (!socket.write(part)) await once(socket, 'drain')
  }
}

/** Reads the head only: the answers of these requests have small bodies, which arrive with the head and are ignored. */
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
