import { objectResource } from './object-resource.ts'
import { CHUNK_QUANTUM_BYTES, type ResumableAnswer } from './receive-upload.ts'

export interface SessionAnswer {
  readonly status: number
  readonly statusMessage?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const RESUME_INCOMPLETE = 308
const CLIENT_CLOSED = 499

/**
 * Returns the HTTP response for an outcome. Clients parse the texts, so these are exactly Google's, including the double
 * spaces. `no308` is true for `X-GUploader-No-308: yes`, from clients that would treat a 308 as a redirect.
 */
export function sessionAnswer(
  answer: Exclude<ResumableAnswer, { kind: 'cut' }>,
  publicUrl: string,
  no308: boolean,
): SessionAnswer {
  switch (answer.kind) {
    case 'resume':
      return resumeAnswer(answer.offset, no308)
    case 'object':
      return json(200, objectResource(answer.object, publicUrl))
    case 'unknown':
      return protocolError(404, 'notFound', 'No such upload session.')
    case 'gone':
      return protocolError(410, 'gone', 'The upload session can no longer be used.')
    case 'cancelled':
      return { status: CLIENT_CLOSED, statusMessage: 'Client Closed Request', headers: {}, body: '' }
    case 'unparseable-range':
      return text(400, 'Failed to parse Content-Range header.')
    case 'gap':
      return text(
        503,
        `Invalid request.  According to the Content-Range header, the upload offset is ${answer.start} byte(s), which exceeds already uploaded size of ${answer.offset} byte(s).`,
      )
    case 'wrong-length':
      return text(
        400,
        `Invalid request.  There were ${answer.bodyBytes} byte(s) in the request body.  There should have been ${answer.end - answer.start + 1} byte(s) (starting at offset ${answer.start} and ending at offset ${answer.end}) according to the Content-Range header.`,
      )
    case 'small-chunk':
      return text(
        400,
        `Invalid request.  The number of bytes uploaded is required to be equal or greater than ${CHUNK_QUANTUM_BYTES}, except for the final request (it's recommended to be the exact multiple of ${CHUNK_QUANTUM_BYTES}).  The received request contained ${answer.bodyBytes} bytes, which does not meet this requirement.`,
      )
    case 'wrong-size':
      return text(
        400,
        `Invalid request.  The upload was announced with ${answer.sizeBytes} byte(s), which this request does not fit.`,
      )
    case 'unparseable-hash':
      return protocolError(400, 'invalid', 'Failed to parse X-Goog-Hash header.')
    case 'other-hash':
      return protocolError(400, 'invalid', 'X-Goog-Hash differs from the hash that was announced before.')
    case 'hash-mismatch':
      return protocolError(400, 'invalid', mismatchMessage(answer))
  }
}

function mismatchMessage({
  algorithm,
  expected,
  actual,
}: ResumableAnswer & { kind: 'hash-mismatch' }): string {
  return algorithm === 'crc32c'
    ? `Provided CRC32C "${expected}" doesn't match calculated CRC32C "${actual}".`
    : `Provided MD5 hash "${expected}" doesn't match calculated MD5 hash "${actual}".`
}

function resumeAnswer(offset: number, no308: boolean): SessionAnswer {
  const range: Record<string, string> = offset === 0 ? {} : { range: `bytes=0-${offset - 1}` }
  if (!no308) {
    return { status: RESUME_INCOMPLETE, statusMessage: 'Resume Incomplete', headers: range, body: '' }
  }
  return { status: 200, headers: { ...range, 'x-http-status-code-override': '308' }, body: '' }
}

/** Returns an error in the form of Google's JSON API. */
export function protocolError(status: number, reason: string, message: string): SessionAnswer {
  return json(status, {
    error: { code: status, message, errors: [{ message, domain: 'global', reason }] },
  })
}

function json(status: number, body: object): SessionAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: JSON.stringify(body),
  }
}

function text(status: number, body: string): SessionAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}
