import type { Socket } from 'node:net'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import { errorAnswer } from './error-answer.ts'
import { requestId } from './request-id.ts'

const REASONS: ReadonlyMap<unknown, readonly [statusLine: string, code: ErrorCode, message: string]> =
  new Map([
    ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'INVALID_REQUEST', 'too many headers']],
    ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'INVALID_REQUEST', 'the headers came too slowly']],
  ])

/** Answers what is no HTTP request, in the same form as any other error, and closes the connection. */
export function answerMalformedRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [statusLine, code, message] = REASONS.get(error.code) ?? [
    '400 Bad Request',
    'INVALID_REQUEST',
    'not HTTP',
  ]
  const traceId = requestId(undefined)
  const { body } = errorAnswer(new ServiceError(code, message), traceId, Date.now())
  const text = JSON.stringify(body)
  const headers = [
    `HTTP/1.1 ${statusLine}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    `x-request-id: ${traceId}`,
    'Connection: close',
  ]
  socket.end(`${headers.join('\r\n')}\r\n\r\n${text}`)
}
