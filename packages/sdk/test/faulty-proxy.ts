import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { Transform } from 'node:stream'

/**
 * Time between the last byte that passes and the end of its connection. The receiver usually reads the bytes within it,
 * but a busy one reads them later and loses them. No test may depend on bytes that passed before a cut, unless its fault
 * has `until`.
 */
const ARRIVAL_MS = 300
const POLL_EVERY_MS = 20

/** Fault that is injected into one request. */
export type Fault =
  /** Answered without asking the server. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Number of body bytes that reach the server before both connections end. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /**
   * Number of response bytes that are passed to the client before its connection ends. With `until`, the connection ends
   * as soon as that returns true, for example because the client has read bytes.
   */
  | { readonly kind: 'cut-answer'; readonly afterBytes: number; readonly until?: () => boolean }
  /** The server does what is asked, and the client is not told. */
  | { readonly kind: 'lose-answer' }
  /** One bit of the body, or of the answer's, is another one. */
  | { readonly kind: 'flip'; readonly where: 'request' | 'answer' }
  /** Number of body bytes that reach the server before the request stalls without an answer. */
  | { readonly kind: 'hang'; readonly afterBytes?: number }

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Bytes of the body so far. */
  bodyBytes: number
  /** Headers of the server's response; null before it. */
  answered: IncomingHttpHeaders | null
}

export interface FaultyProxy {
  readonly url: string
  readonly seen: readonly SeenRequest[]
  forwardTo(serverUrl: string): void
  /** Asked before each request; null stands for none. */
  setFault(faultOf: (request: SeenRequest) => Fault | null): void
  /** Header fields that the server is not to see. */
  drop(field: string): void
  /** Forgets faults and what was seen. */
  reset(): void
  close(): Promise<void>
}

export const isData = ({ method, headers }: SeenRequest) =>
  method === 'PUT' && /^bytes \d/.test(String(headers['content-range']))
export const isQuery = ({ method, headers }: SeenRequest) =>
  method === 'PUT' && /^bytes \*/.test(String(headers['content-range']))
export const isRegister = ({ method, path }: SeenRequest) => method === 'POST' && path.endsWith('/files')

/** Returns the offset that the server's response to an offset query reports. */
export const answeredOffset = ({ answered }: SeenRequest) => {
  const last = /^bytes=0-(\d+)$/.exec(answered?.range ?? '')?.[1]
  return last === undefined ? 0 : Number(last) + 1
}
/** Returns the position of the first byte of a data request. */
export const startOf = ({ headers }: SeenRequest) => Number(/\d+/.exec(String(headers['content-range']))?.[0])

/** The first requests that `isMeant` takes have these faults, one each; null stands for none. */
export function inTurn(isMeant: (request: SeenRequest) => boolean, faults: readonly (Fault | null)[]) {
  const left = [...faults]
  return (seen: SeenRequest) => (isMeant(seen) ? (left.shift() ?? null) : null)
}

/** Stands between a client and a server that are real, notes what the client asks for, and does harm to some of it. */
export async function startFaultyProxy(): Promise<FaultyProxy> {
  const seen: SeenRequest[] = []
  const dropped = new Set<string>()
  let target = ''
  let faultOf: (request: SeenRequest) => Fault | null = () => null
  const proxy = createServer((incoming, answer) => {
    const { method = '', url: path = '', headers } = incoming
    const noted: SeenRequest = { method, path, headers, bodyBytes: 0, answered: null }
    seen.push(noted)
    const fault = faultOf(noted)
    if (fault?.kind === 'hang' && fault.afterBytes === undefined) return
    if (fault?.kind === 'answer') {
      incoming.resume()
      answer.writeHead(fault.status, fault.headers).end()
      return
    }
    for (const field of dropped) delete headers[field]
    forward(incoming, answer, noted, target, fault)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    seen,
    forwardTo: (serverUrl) => {
      target = serverUrl
    },
    setFault: (next) => {
      faultOf = next
    },
    drop: (field) => dropped.add(field),
    reset: () => {
      faultOf = () => null
      seen.length = 0
      dropped.clear()
    },
    close: async () => {
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

function forward(
  incoming: IncomingMessage,
  answer: ServerResponse,
  noted: SeenRequest,
  target: string,
  fault: Fault | null,
): void {
  const { method, headers, path } = noted
  const outgoing = request(new URL(path, target), { method, headers, agent: false })
  const hangUp = () => {
    incoming.destroy()
    answer.destroy()
    outgoing.destroy()
  }
  for (const stream of [incoming, answer, outgoing]) stream.on('error', hangUp)
  answer.on('close', () => outgoing.destroy())
  outgoing.on('response', (given) => {
    noted.answered = given.headers
    if (fault?.kind === 'lose-answer') return given.resume().on('end', hangUp)
    answer.writeHead(given.statusCode ?? 502, given.headers)
    const limit = fault?.kind === 'cut-answer' ? fault.afterBytes : Number.POSITIVE_INFINITY
    const isFlipped = fault?.kind === 'flip' && fault.where === 'answer'
    given.on('error', hangUp)
    const until = (fault?.kind === 'cut-answer' && fault.until) || (() => true)
    const hangUpWhenTime = () => {
      if (until() || answer.destroyed) return hangUp()
      setTimeout(hangUpWhenTime, POLL_EVERY_MS)
    }
    given.pipe(through(limit, isFlipped, () => {}, hangUpWhenTime)).pipe(answer)
  })
  const limit =
    (fault?.kind === 'cut' || fault?.kind === 'hang' ? fault.afterBytes : null) ?? Number.POSITIVE_INFINITY
  const onLimit = fault?.kind === 'hang' ? () => {} : hangUp
  const isFlipped = fault?.kind === 'flip' && fault.where === 'request'
  const count = (bytes: number) => {
    noted.bodyBytes += bytes
  }
  incoming.pipe(through(limit, isFlipped, count, onLimit)).pipe(outgoing)
}

function through(limit: number, isFlipped: boolean, onBytes: (bytes: number) => void, onLimit: () => void) {
  let left = limit
  let isWhole = !isFlipped
  return new Transform({
    transform(bytes: Buffer, _encoding, done) {
      const part = bytes.subarray(0, left)
      left -= part.byteLength
      onBytes(part.byteLength)
      if (!isWhole && part.byteLength > 0) {
        isWhole = true
        part[part.byteLength >> 1] = (part[part.byteLength >> 1] ?? 0) ^ 1
      }
      if (left > 0) return done(null, part)
      this.push(part)
      setTimeout(onLimit, ARRIVAL_MS)
    },
  })
}
