import { connect } from 'node:net'

export interface Received {
  readonly status: number
  readonly bodyBytes: number
  readonly firstByteMs: number
  readonly totalMs: number
}

const READ_BYTES = 1024 * 1024

/**
 * Requests a URL on a new connection and drops the body. It reads into one reused buffer, so that the client costs as
 * little as possible. Throws when the connection ends before the announced end of the body.
 */
export function getBody(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Received> {
  const { promise, resolve, reject } = Promise.withResolvers<Received>()
  const { hostname, port, host, pathname, search } = new URL(url)
  let head = ''
  let status = 0
  let bodyBytes = 0
  let expectedBytes = Number.POSITIVE_INFINITY
  let firstByteMs = 0
  const startMs = performance.now()

  const take = (bytes: Uint8Array) => {
    if (expectedBytes !== Number.POSITIVE_INFINITY) {
      bodyBytes += bytes.length
    } else {
      if (head === '') firstByteMs = performance.now() - startMs
      head += Buffer.from(bytes).toString('latin1')
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      status = Number(head.split(' ', 2)[1])
      expectedBytes = Number(/^content-length: (\d+)/im.exec(head.slice(0, end))?.[1] ?? 0)
      bodyBytes = head.length - end - 4
    }
    if (bodyBytes < expectedBytes) return
    resolve({ status, bodyBytes, firstByteMs, totalMs: performance.now() - startMs })
    socket.destroy()
  }

  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    onread: {
      buffer: Buffer.alloc(READ_BYTES),
      callback: (length, buffer) => {
        take(buffer.subarray(0, length))
        return true
      },
    },
  })
  socket.on('error', reject)
  socket.on('close', () => reject(new Error(`${url} ended after ${bodyBytes} of ${expectedBytes} bytes`)))
  const lines = Object.entries({ host, ...headers, connection: 'close' })
  socket.write(
    `GET ${pathname}${search} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  )
  return promise
}
