import type { UploadFailure } from '../../domain/uploads/upload-session.ts'
import type { Mismatch } from '../../operations/uploads/upload-answer.ts'
import { clientCodeOf } from '../http/error-status.ts'
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
const UNPROCESSABLE = 422
const JSON_TYPE = 'application/json; charset=UTF-8'

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
      return objectAnswer(answer, publicUrl)
    case 'refused':
      return contentError(UNPROCESSABLE, answer.error)
    case 'unknown':
      return protocolError(404, 'notFound', 'No such upload session.')
    case 'dead':
      return answer.failure === null ? gone() : contentError(410, answer.failure)
    case 'expired':
      return gone()
    case 'takes-parts':
      return {
        ...protocolError(405, 'methodNotAllowed', 'The bytes of this upload arrive as parts.'),
        headers: { 'content-type': JSON_TYPE, allow: 'OPTIONS' },
      }
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
    case 'wrong-total':
    case 'other-length':
      return text(
        400,
        `Invalid request.  The upload was announced with ${answer.sizeBytes} byte(s), which this request does not fit.`,
      )
    case 'unparseable-hash':
      return protocolError(400, 'invalid', 'Failed to parse X-Goog-Hash header.')
    case 'other-hash':
      return protocolError(400, 'invalid', 'X-Goog-Hash differs from the hash that was announced before.')
    case 'hash-mismatch':
    case 'digest-mismatch':
      return protocolError(400, 'invalid', mismatchMessage(answer))
    case 'unknown-digest':
      return protocolError(400, 'invalid', 'Failed to parse the digest of the request.')
    case 'too-large':
      return protocolError(413, 'uploadTooLarge', `The upload may have at most ${answer.maxBytes} byte(s).`)
    case 'no-room':
      return protocolError(413, 'quotaExceeded', 'The storage quota of the organization is exceeded.')
  }
}

function objectAnswer(
  { object, file }: Extract<ResumableAnswer, { kind: 'object' }>,
  publicUrl: string,
): SessionAnswer {
  const answer = json(200, objectResource(object, publicUrl))
  return file === null ? answer : { ...answer, headers: { ...answer.headers, 'x-waybill-file-id': file.id } }
}

function mismatchMessage({ algorithm, expected, actual }: Mismatch): string {
  if (algorithm === 'crc32c') {
    return `Provided CRC32C "${expected}" doesn't match calculated CRC32C "${actual}".`
  }
  const name = algorithm.toUpperCase()
  return `Provided ${name} hash "${expected}" doesn't match calculated ${name} hash "${actual}".`
}

function resumeAnswer(offset: number, no308: boolean): SessionAnswer {
  const range: Record<string, string> = offset === 0 ? {} : { range: `bytes=0-${offset - 1}` }
  if (!no308) {
    return { status: RESUME_INCOMPLETE, statusMessage: 'Resume Incomplete', headers: range, body: '' }
  }
  return { status: 200, headers: { ...range, 'x-http-status-code-override': '308' }, body: '' }
}

/** Returns an error in the form of Google's JSON API. */
export function protocolError(
  status: number,
  reason: string,
  message: string,
  domain = 'global',
): SessionAnswer {
  return json(status, { error: { code: status, message, errors: [{ message, domain, reason }] } })
}

const gone = () => protocolError(410, 'gone', 'The upload session can no longer be used.')

/**
 * Returns the error of an upload whose complete content was refused, which Google's service does not do. The domain
 * tells clients that the reason is a code of this service.
 */
function contentError(status: number, { code, message }: UploadFailure): SessionAnswer {
  return protocolError(status, clientCodeOf(code), message, 'waybill')
}

function json(status: number, body: object): SessionAnswer {
  return {
    status,
    headers: { 'content-type': JSON_TYPE },
    body: JSON.stringify(body),
  }
}

function text(status: number, body: string): SessionAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}
