import type { FastifyReply } from 'fastify'
import { type ErrorCode, ServiceError } from '../../domain/errors.ts'
import { classifyError, clientCodeOf } from '../http/error-status.ts'

/** Response of this protocol, without the headers that every response has. */
export interface TusAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Plain text; null for a response without a body. */
  readonly body: string | null
  /** Code of the error in the response; null when there is none. */
  readonly code: ErrorCode | null
}

const CHECKSUM_MISMATCH = 460

/** Statuses that tus specifies, or its clients understand, where those of the JSON API differ. */
const STATUSES: ReadonlyMap<ErrorCode, number> = new Map([
  ['VALIDATION_ERROR', 400],
  ['STORAGE_QUOTA_EXCEEDED', 413],
])

/** Returns a response without a body. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>>): TusAnswer {
  return { status, headers, body: null, code: null }
}

/** Returns the response to an error, as the text `CODE: message`. `status` replaces the usual status of the code. */
export function errorAnswer(
  thrown: unknown,
  headers: Readonly<Record<string, string>> = {},
  status: number | null = null,
): TusAnswer {
  const classified = classifyError(thrown)
  const { error } = classified
  return {
    status: status ?? STATUSES.get(error.code) ?? classified.status,
    headers: { ...classified.headers, ...headers, 'content-type': 'text/plain; charset=utf-8' },
    body: `${clientCodeOf(error.code)}: ${error.message}`,
    code: error.code,
  }
}

/** Returns the response to a body that does not match its `Upload-Checksum` (tus 1.0, "Checksum"). */
export function checksumMismatch(message: string, headers: Readonly<Record<string, string>>): TusAnswer {
  return errorAnswer(new ServiceError('CHECKSUM_MISMATCH', message), headers, CHECKSUM_MISMATCH)
}

/** Sends the response. */
export function sendAnswer(reply: FastifyReply, { status, headers, body, code }: TusAnswer): FastifyReply {
  // Node does not know this status.
  if (status === CHECKSUM_MISMATCH) reply.raw.statusMessage = 'Checksum Mismatch'
  if (code !== null) reply.request.errorCode = code
  reply.code(status).headers(headers)
  return body === null ? reply.send() : reply.send(body)
}
