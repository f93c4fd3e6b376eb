import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'

// The exchanges are bytes on a socket. An HTTP client would hide what these tests check: where a body stops, when a
// connection closes, and the literal status line.

/** Framing of the body of a request. */
export type Transfer = 'Content-Length' | 'chunked' | 'no body'

export interface Request {
  readonly method?: string
  /** The value of Content-Range. */
  readonly range?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly transfer?: Transfer
}

export interface Answer {
  readonly status: number
  readonly statusMessage: string
  /** Values by lower-case name. The values of a repeated header are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Connection {
  /** Resolves when the kernel has the bytes, or the connection is lost. */
  write(bytes: Uint8Array | string): Promise<void>
  /** Returns the next answer, also a 1xx one. */
  answer(): Promise<Answer>
  /** Ends the sending side only: the server sees the end of the stream and may still answer. */
  end(): void
  /** Closes the connection after the written bytes. */
  destroy(): void
  /** Resets the connection, as after a crash of the machine: bytes in transit may be lost. */
  reset(): void
  isClosed(): boolean
  /** Resolves when the server has closed its side. */
  closed(): Promise<void>
}

export const LAST_CHUNK = '0\r\n\r\n'

/** Time limit, much longer than a passing test takes on a busy machine. */
const DEADLINE_MS = 120_000
const POLL_MS = 10
// Neither a divisor of 256 KiB nor of any buffer, so that chunks end at unusual positions.
const CHUNK_BYTES = 70_001

/** Sends one request on a new connection, and returns its final answer. */
export async function exchange(url: string, request: Request): Promise<Answer> {
  const connection = await openConnection(url)
  try {
    const body = request.body ?? new Uint8Array()
    // Not awaited: a server may answer before it has read the complete body.
    void connection.write(requestHead(url, request, body.length)).then(() => {
      return connection.write(encodeBody(body, request.transfer))
    })
    return await finalAnswer(connection)
  } finally {
    connection.destroy()
  }
}

export async function finalAnswer(connection: Connection): Promise<Answer> {
  for (;;) {
    const answer = await connection.answer()
    if (answer.status >= 200) return answer
  }
}

export function requestHead(url: string, request: Request, bodyBytes: number): string {
  const { host, pathname, search } = new URL(url)
  const lines = [`${request.method ?? 'PUT'} ${pathname}${search} HTTP/1.1`, `Host: ${host}`]
  if (request.range !== undefined) lines.push(`Content-Range: ${request.range}`)
  for (const [name, value] of Object.entries(request.headers ?? {})) lines.push(`${name}: ${value}`)
  const transfer = request.transfer ?? 'Content-Length'
  if (transfer === 'Content-Length') lines.push(`Content-Length: ${bodyBytes}`)
  if (transfer === 'chunked') lines.push('Transfer-Encoding: chunked')
  return `${lines.join('\r\n')}\r\n\r\n`
}

export function encodeBody(body: Uint8Array, transfer: Transfer = 'Content-Length'): Uint8Array {
  return transfer === 'chunked' ? Buffer.concat([encodeChunks(body), Buffer.from(LAST_CHUNK)]) : body
}

/** Encodes bytes as chunks, without the last chunk that ends a body. */
export function encodeChunks(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    const piece = bytes.subarray(start, start + CHUNK_BYTES)
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  return Buffer.concat(parts)
}

export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  let received: Buffer = Buffer.alloc(0)
  let isClosed = false
  let notify = () => {}
  const close = () => {
    isClosed = true
    notify()
  }
  const activity = () =>
    Promise.race([setTimeout(POLL_MS), new Promise<void>((resolve) => (notify = resolve))])
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes])
    notify()
  })
  socket.on('end', close)
  socket.on('close', close)
  await once(socket, 'connect')
  // A reset after an answer is no failure. A reset without one is reported by the missing answer.
  socket.on('error', close)
  return {
    write: (bytes) =>
      new Promise((resolve) => {
        socket.write(bytes, () => resolve())
      }),
    async answer() {
      const parse = () => {
        const parsed = parseAnswer(received, isClosed)
        if (!parsed && isClosed) throw new Error(`the connection closed, having said '${received}'`)
        return parsed
      }
      const { answer, length } = await eventually('the server answers', parse, activity)
      received = received.subarray(length)
      return answer
    },
    end: () => socket.end(),
    destroy: () => socket.destroy(),
    reset: () => socket.resetAndDestroy(),
    isClosed: () => isClosed,
    async closed() {
      await eventually('the server closes the connection', () => isClosed || undefined, activity)
    },
  }
}

/** Returns the first result of `probe` that is not undefined. Waits for `pause` between two probes. */
export async function eventually<T>(
  expectation: string,
  probe: () => T | undefined | Promise<T | undefined>,
  pause: () => Promise<unknown> = () => setTimeout(POLL_MS),
): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const result = await probe()
    if (result !== undefined) return result
    if (performance.now() > deadline) throw new Error(`waited in vain until: ${expectation}`)
    await pause()
  }
}

function parseAnswer(received: Buffer, isComplete: boolean): { answer: Answer; length: number } | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = received.toString('latin1', 0, headEnd).split('\r\n')
  const match = /^HTTP\/1\.1 (\d{3}) ?(.*)$/.exec(statusLine)
  if (!match) throw new Error(`no status line: '${statusLine}'`)
  const status = Number(match[1])
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  const bodyStart = headEnd + 4
  const body = parseBody(status, headers, received.subarray(bodyStart), isComplete)
  if (!body) return undefined
  return {
    answer: { status, statusMessage: match[2] ?? '', headers, body: body.text },
    length: bodyStart + body.length,
  }
}

function parseBody(
  status: number,
  headers: Readonly<Record<string, string>>,
  received: Buffer,
  isComplete: boolean,
): { text: string; length: number } | undefined {
  if (status < 200 || status === 204 || status === 304) return { text: '', length: 0 }
  if (headers['transfer-encoding'] === 'chunked') return parseChunks(received)
  const length = headers['content-length']
  if (length !== undefined) {
    const end = Number(length)
    return received.length < end ? undefined : { text: received.toString('utf8', 0, end), length: end }
  }
  return isComplete ? { text: received.toString('utf8'), length: received.length } : undefined
}

function parseChunks(received: Buffer): { text: string; length: number } | undefined {
  const parts: Buffer[] = []
  let position = 0
  for (;;) {
    const lineEnd = received.indexOf('\r\n', position)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(received.toString('latin1', position, lineEnd), 16)
    const start = lineEnd + 2
    const next = start + size + 2
    if (received.length < next) return undefined
    if (size === 0) return { text: Buffer.concat(parts).toString('utf8'), length: next }
    parts.push(received.subarray(start, start + size))
    position = next
  }
}
