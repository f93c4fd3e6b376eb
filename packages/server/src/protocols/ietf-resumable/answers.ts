import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { UploadAnswer } from '../../operations/uploads/upload-answer.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import { toFileBody } from '../http/file-body.ts'
import { fileUrl } from '../urls.ts'
import { digestField, type FieldDigest } from './digest-fields.ts'
import { uploadLimitField } from './fields.ts'
import { inconsistentLength, mismatchedDigest, mismatchingOffset, type Problem, problem } from './problems.ts'

/** Response of the protocol. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: object | null
}

type Ended = Exclude<UploadAnswer, { kind: 'cut' | 'resume' | 'object' | 'refused' }>

/** Returns the field with the limits of an upload: those of its creation, so that they never become stricter. */
export function limitsOf({ maxSizeBytes, expiresAtMs }: UploadSession, nowMs: number): string {
  return uploadLimitField(maxSizeBytes, Math.max(0, Math.floor((expiresAtMs - nowMs) / 1000)))
}

/**
 * Returns the final response: what the creation would have answered to the complete file at once. An upload that a
 * client still has to register has no File, and the response no body.
 */
export function finalAnswer(object: ObjectMetadata, file: File | null, publicUrl: string): Answer {
  const headers = {
    'upload-complete': '?1',
    'upload-offset': String(object.sizeBytes),
    'repr-digest': digestField(digestsOf(object)),
  }
  if (file === null) return { status: 204, headers, body: null }
  const location = fileUrl(publicUrl, file.organizationId, file.id)
  return { status: 201, headers: { ...headers, location }, body: toFileBody(file) }
}

/** Returns the state of a complete upload. */
export function completeAnswer({ sizeBytes }: ObjectMetadata): Answer {
  const bytes = String(sizeBytes)
  const headers = { 'upload-complete': '?1', 'upload-offset': bytes, 'upload-length': bytes }
  return { status: 204, headers, body: null }
}

/** Returns the response to a request that left the upload incomplete. */
export function incompleteAnswer(status: number, offset: number): Answer {
  const headers = { 'upload-complete': '?0', 'upload-offset': String(offset) }
  return { status, headers, body: null }
}

/**
 * Returns the response to a request whose bytes do not count. Throws the error when the refusal is that of the target of
 * the upload, and not one of the protocol: a size, quota, checksum or content that the service does not accept.
 */
export function refusalOf(answer: Ended): Answer {
  switch (answer.kind) {
    case 'unknown':
      return problemAnswer(problem(404, 'no such upload'))
    case 'dead':
    case 'expired':
    case 'cancelled':
      return problemAnswer(problem(410, 'the upload accepts no more bytes'))
    case 'takes-parts': {
      const refused = problemAnswer(problem(405, 'the bytes of the upload arrive as parts'))
      return { ...refused, headers: { ...refused.headers, allow: 'OPTIONS' } }
    }
    case 'gap':
      return problemAnswer(mismatchingOffset(answer.offset, answer.start))
    case 'wrong-size':
    case 'other-length':
      return problemAnswer(inconsistentLength())
    case 'other-hash':
      return problemAnswer(problem(400, 'Repr-Digest differs from the digest that was announced before'))
    case 'digest-mismatch': {
      const digest = { algorithm: NAMES[answer.algorithm], base64: answer.expected }
      return problemAnswer(mismatchedDigest(digest))
    }
    case 'unknown-digest':
      return problemAnswer(problem(400, 'the digest of the content did not come'))
    case 'too-large': {
      const { maxBytes } = answer
      const details = { max_file_size: maxBytes }
      throw new ServiceError('FILE_TOO_LARGE', `the request may have at most ${maxBytes} bytes`, details)
    }
    case 'no-room':
      throw new ServiceError(
        'STORAGE_QUOTA_EXCEEDED',
        'the upload exceeds the remaining quota of the organization',
      )
    case 'hash-mismatch': {
      const { algorithm, expected, actual } = answer
      const message = `the ${NAMES[algorithm]} of the file differs from Repr-Digest`
      throw new ServiceError('CHECKSUM_MISMATCH', message, { algorithm, expected, actual })
    }
  }
}

/** Returns the response to a request that the protocol refuses. The upload is not complete (draft -11, "Completeness"). */
export function problemAnswer({ status, headers, body }: Problem): Answer {
  const contentType = 'application/problem+json'
  return { status, headers: { ...headers, 'upload-complete': '?0', 'content-type': contentType }, body }
}

/** Names of the algorithms in HTTP. */
const NAMES = { crc32c: 'crc32c', md5: 'md5', sha1: 'sha', sha256: 'sha-256', sha512: 'sha-512' } as const

function digestsOf({ crc32c, md5, sha256 }: ObjectMetadata): FieldDigest[] {
  const digests = [
    { algorithm: 'crc32c', base64: crc32c },
    { algorithm: 'sha-256', base64: sha256 },
    { algorithm: 'md5', base64: md5 },
  ] as const
  return digests.flatMap(({ algorithm, base64 }) => (base64 === null ? [] : [{ algorithm, base64 }]))
}
