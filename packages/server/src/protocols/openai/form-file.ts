import type { FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import { parseMediaType, UNKNOWN_CONTENT } from '../../domain/files/content-type/media-type.ts'
import { fileNameProblem } from '../../domain/files/file-name.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { IncomingFile, IncomingFiles } from '../../operations/files/upload-files.ts'
import { boundaryOf, createExpiryFields, readField, skipPart } from '../http/form-fields.ts'
import { limitWaiting } from '../http/limit-waiting.ts'
import { MAX_HEADER_BYTES, MAX_PARTS } from '../http/parse-parts.ts'
import { type Part, readParts } from '../http/read-parts.ts'
import { readPurpose } from './file-object.ts'

import '../http/read-body.ts'

/** Time limit for everything except the bytes of the file; the time for the file does not count. */
const PARTS_MS = 15_000
/** Limit of the parts that this service does not know. */
const MAX_OTHER_BYTES = 1024 * 1024

/**
 * Returns the file of a form with the fields `file`, `purpose` and `expires_after[…]` in any order; other fields are
 * ignored. OpenAI's clients send the type `application/octet-stream` for most files, so the declared type is a hint.
 * Throws INVALID_REQUEST, FILE_TOO_LARGE for a body that is longer than the file may be, and while it is read
 * VALIDATION_ERROR, FILE_TOO_LARGE, REQUEST_TIMEOUT and SERVICE_UNAVAILABLE.
 */
export function formFile(request: FastifyRequest, maxFileBytes: number): IncomingFiles {
  const boundary = boundaryOf(request.headers['content-type'] ?? '')
  const bodyBytes = bodyBytesOf(request, maxFileBytes)
  const expiry = createExpiryFields()
  let purpose: string | null = null
  let hasFile = false

  async function* files(): AsyncGenerator<IncomingFile> {
    try {
      const beginWait = () => request.server.bodies.hold(request, MAX_HEADER_BYTES)
      yield* limitWaiting(readFiles(), PARTS_MS, beginWait)
    } catch (error) {
      // The parser and its part streams throw their own errors.
      throw error instanceof ServiceError
        ? error
        : new ServiceError('INVALID_REQUEST', 'the multipart body cannot be read')
    }
    if (!hasFile) throw invalidValue('file', 'missing', 'is required')
  }

  async function* readFiles(): AsyncGenerator<IncomingFile> {
    for await (const part of readParts(request.raw, boundary)) {
      const { name, filename } = part.disposition
      if (name === 'file') {
        if (hasFile) throw invalidValue('file', 'invalid', 'must be one part')
        hasFile = true
        yield fileOf(part, filename)
      } else if (name === 'purpose') {
        purpose = (await readField(part.body)) ?? ''
        // Refused before the bytes of the file when the field comes first.
        readPurpose(purpose)
      } else if (expiry.has(name)) expiry.take(name, await readField(part.body))
      else await skipPart(part.body, MAX_OTHER_BYTES)
    }
  }

  return {
    files: files(),
    bodyBytes,
    checksums: () => [],
    sha256s: () => [],
    algorithms: () => [],
    properties: () => ({ purpose: readPurpose(purpose), lifetimeMs: expiry.lifetimeMs() }),
    rules: { maxFileBytes, typesAreHints: true, allowsEmptyFiles: false },
  }
}

/** Returns the file of a part. A part without a file name is a text field. */
function fileOf({ headers, body }: Part, filename: string | null): IncomingFile {
  if (filename === null) throw invalidValue('file', 'invalid', 'must be a file with a filename')
  const problem = fileNameProblem(filename)
  if (problem !== null) throw invalidValue('file', 'invalid', `needs another filename: it ${problem}`)
  const declared = parseMediaType(headers['content-type']?.[0] ?? '')?.text ?? null
  return { filename, contentType: declared === UNKNOWN_CONTENT ? null : declared, body }
}

/** Returns the announced length, or null. Throws FILE_TOO_LARGE when only a file beyond the limit can have it. */
function bodyBytesOf({ headers }: FastifyRequest, maxFileBytes: number): number | null {
  const length = headers['content-length']
  if (length === undefined) return null
  // The room for the heads of the other parts holds their bodies too.
  if (Number(length) <= maxFileBytes + MAX_PARTS * 2 * MAX_HEADER_BYTES) return Number(length)
  throw new ServiceError('FILE_TOO_LARGE', `a file may have at most ${maxFileBytes} bytes`)
}
