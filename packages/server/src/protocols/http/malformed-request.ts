import type { Socket } from 'node:net'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import { DEFAULT_HEADERS } from './default-headers.ts'
import { requestId } from './request-id.ts'

type Reason = readonly [status: number, phrase: string, code: ErrorCode, message: string]

const REASONS: ReadonlyMap<unknown, Reason> = new Map([
  [
    'HPE_HEADER_OVERFLOW',
    [431, 'Request Header Fields Too Large', 'INVALID_REQUEST', 'the headers are too large'],
  ],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'Request Timeout', 'REQUEST_TIMEOUT', 'the headers arrived too slowly']],
])
const NOT_HTTP: Reason = [400, 'Bad Request', 'INVALID_REQUEST', 'not HTTP']
/** Time for the response to reach the client before the connection is closed, even when the client still sends. */
const CLOSE_AFTER_MS = 1000

/**
 * Returns the handler for data that is not an HTTP request: it answers with an error body from `renderBody` and closes
 * the connection. No route is known yet, so the caller supplies the error body.
 */
export function createMalformedRequestHandler(
  renderBody: (error: ServiceError, traceId: string, status: number) => object,
) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const [status, phrase, code, message] = REASONS.get(error.code) ?? NOT_HTTP
    const traceId = requestId(undefined)
    const text = JSON.stringify(renderBody(new ServiceError(code, message), traceId, status))
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      ...DEFAULT_HEADERS,
      'x-request-id': traceId,
      connection: 'close',
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    socket.end(`HTTP/1.1 ${status} ${phrase}\r\n${lines.join('\r\n')}\r\n\r\n${text}`)
    const closing = setTimeout(() => socket.destroy(), CLOSE_AFTER_MS)
    socket.once('close', () => clearTimeout(closing))
  }
}
