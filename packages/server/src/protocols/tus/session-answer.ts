import { ServiceError } from '../../domain/errors.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { UploadAnswer } from '../../operations/uploads/upload-answer.ts'
import { checksumMismatch, emptyAnswer, errorAnswer, type TusAnswer } from './tus-answer.ts'

type Headers = Readonly<Record<string, string>>

/** Outcome with a response; a request that was cut gets none. */
export type AnsweredUpload = Exclude<UploadAnswer, { kind: 'cut' }>

/** Returns the headers of an upload that goes on at `offset`. */
export function progressHeaders(
  offset: number,
  { expiresAtMs }: Pick<UploadSession, 'expiresAtMs'>,
): Headers {
  return { 'upload-offset': String(offset), 'upload-expires': new Date(expiresAtMs).toUTCString() }
}

/** Returns the headers of a complete upload. Only one that a client still has to register expires. */
export function completeHeaders(
  { object, file }: Extract<UploadAnswer, { kind: 'object' }>,
  session: Pick<UploadSession, 'expiresAtMs'>,
): Headers {
  if (file === null) return progressHeaders(object.sizeBytes, session)
  return { 'upload-offset': String(object.sizeBytes), 'x-waybill-file-id': file.id }
}

/**
 * Returns the response to a creation (tus 1.0, "Creation" and "Creation With Upload"). The id of the File is known
 * before the File exists. A partial upload has none.
 */
export function createdAnswer(answer: AnsweredUpload, session: UploadSession, location: string): TusAnswer {
  if (answer.kind !== 'resume' && answer.kind !== 'object') return refusal(answer)
  const progress =
    answer.kind === 'object' ? completeHeaders(answer, session) : progressHeaders(answer.offset, session)
  const file: Headers = isPartial(session) ? {} : { 'x-waybill-file-id': session.fileId }
  return emptyAnswer(201, { location, ...file, ...progress })
}

/** Returns the response to HEAD (tus 1.0, "HEAD"). */
export function headAnswer(answer: AnsweredUpload, session: UploadSession | null): TusAnswer {
  if (session === null || (answer.kind !== 'resume' && answer.kind !== 'object')) return refusal(answer)
  const isComplete = answer.kind === 'object'
  const sizeBytes = isComplete ? answer.object.sizeBytes : answer.sizeBytes
  const length: Headers =
    sizeBytes === null ? { 'upload-defer-length': '1' } : { 'upload-length': String(sizeBytes) }
  // Other protocols have metadata of another form.
  const metadata: Headers =
    session.protocol === 'tus' && session.metadata ? { 'upload-metadata': session.metadata } : {}
  const progress = isComplete ? completeHeaders(answer, session) : progressHeaders(answer.offset, session)
  return emptyAnswer(200, { ...progress, ...length, ...metadata, ...concatHeader(session) })
}

function isPartial({ registers }: UploadSession): boolean {
  return registers === 'never'
}

/** Returns `Upload-Concat` of a partial or a final upload (tus 1.0, "Concatenation"). */
function concatHeader(session: UploadSession): Headers {
  if (isPartial(session)) return { 'upload-concat': 'partial' }
  const { protocol, layout, protocolState } = session
  const isFinal = protocol === 'tus' && layout === 'parts' && protocolState !== null
  return isFinal ? { 'upload-concat': protocolState } : {}
}

/** Returns the response to PATCH (tus 1.0, "PATCH" and "Concatenation"). */
export function patchAnswer(answer: AnsweredUpload, session: UploadSession | null): TusAnswer {
  if (session?.protocol === 'tus' && session.layout === 'parts') return refuseBytesOfFinal(answer)
  if (session !== null && answer.kind === 'resume') {
    return emptyAnswer(204, progressHeaders(answer.offset, session))
  }
  if (session !== null && answer.kind === 'object') return emptyAnswer(204, completeHeaders(answer, session))
  return refusal(answer)
}

function refuseBytesOfFinal(answer: AnsweredUpload): TusAnswer {
  if (answer.kind !== 'object' && answer.kind !== 'takes-parts') return refusal(answer)
  return errorAnswer(
    new ServiceError(
      'INSUFFICIENT_PERMISSIONS',
      'a final upload accepts no bytes: send them to partial ones',
    ),
  )
}

/** Returns the response to DELETE (tus 1.0, "Termination"). A session URL does not delete a File. */
export function deleteAnswer(answer: AnsweredUpload): TusAnswer {
  if (answer.kind === 'cancelled' && answer.isNew) return emptyAnswer(204, {})
  if (answer.kind === 'object') {
    return errorAnswer(
      new ServiceError(
        'INSUFFICIENT_PERMISSIONS',
        'the upload is complete: a session URL cannot delete its file',
      ),
    )
  }
  return refusal(answer)
}

/** Returns the response to a request that changed nothing, or that ended the session. */
export function refusal(answer: AnsweredUpload): TusAnswer {
  switch (answer.kind) {
    case 'resume':
    case 'object':
      throw new Error(`${answer.kind} is no refusal`)
    case 'unknown':
      return errorAnswer(new ServiceError('UPLOAD_NOT_FOUND', 'there is no such upload session'))
    case 'expired':
      return errorAnswer(new ServiceError('UPLOAD_SESSION_EXPIRED', 'the upload session has expired'))
    case 'takes-parts':
      return errorAnswer(new ServiceError('METHOD_NOT_ALLOWED', 'the bytes of this upload arrive as parts'), {
        allow: 'OPTIONS',
      })
    case 'cancelled':
      return errorAnswer(new ServiceError('UPLOAD_SESSION_EXPIRED', 'the upload session was cancelled'))
    case 'dead':
      return errorAnswer(new ServiceError('UPLOAD_SESSION_EXPIRED', deadMessage(answer)))
    case 'refused':
      return errorAnswer(answer.error, {}, 422)
    case 'hash-mismatch':
      return errorAnswer(new ServiceError('CHECKSUM_MISMATCH', mismatchMessage('the file', answer)))
    case 'digest-mismatch':
      return checksumMismatch(mismatchMessage('the body', answer), offsetHeader(answer))
    case 'gap':
      return errorAnswer(
        new ServiceError(
          'UPLOAD_OFFSET_MISMATCH',
          `the upload continues at ${answer.offset}, not ${answer.start}`,
        ),
        offsetHeader(answer),
      )
    default:
      return errorAnswer(lengthError(answer), 'offset' in answer ? offsetHeader(answer) : {})
  }
}

type LengthRefusal = Extract<
  AnsweredUpload,
  { kind: 'wrong-size' | 'other-length' | 'too-large' | 'no-room' | 'other-hash' | 'unknown-digest' }
>

function lengthError(answer: LengthRefusal): ServiceError {
  switch (answer.kind) {
    case 'wrong-size':
      // The length that a request sets may be too small; the body of a request may be too long.
      return answer.sizeBytes < answer.offset
        ? new ServiceError('INVALID_REQUEST', `the upload has ${answer.offset} bytes already`)
        : new ServiceError('FILE_TOO_LARGE', `the body exceeds the length of ${answer.sizeBytes} bytes`)
    case 'other-length':
      return new ServiceError('INVALID_REQUEST', `the length of the upload is ${answer.sizeBytes} bytes`)
    case 'too-large':
      return new ServiceError('FILE_TOO_LARGE', `at most ${answer.maxBytes} bytes are possible`)
    case 'no-room':
      return new ServiceError('STORAGE_QUOTA_EXCEEDED', 'the upload exceeds the quota of the organization')
    case 'unknown-digest':
      return new ServiceError('INVALID_REQUEST', 'the trailer Upload-Checksum is missing or malformed')
    case 'other-hash':
      return new ServiceError('INVALID_REQUEST', 'the checksum differs from the announced one')
  }
}

function deadMessage({ failure }: Extract<UploadAnswer, { kind: 'dead' }>): string {
  return failure === null
    ? 'the upload session accepts no more bytes'
    : `the upload was refused: ${failure.code}: ${failure.message}`
}

function mismatchMessage(
  what: string,
  { algorithm, expected, actual }: { algorithm: string; expected: string; actual: string },
): string {
  return `${algorithm} of ${what} is ${actual}, not ${expected}`
}

function offsetHeader({ offset }: { readonly offset: number }): Headers {
  return { 'upload-offset': String(offset) }
}
