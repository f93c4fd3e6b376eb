import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import { MAX_PART_BYTES } from '../../domain/uploads/part-limits.ts'
import { boundaryOf, skipPart } from '../http/form-fields.ts'
import { limitWaiting } from '../http/limit-waiting.ts'
import { MAX_HEADER_BYTES, MAX_PARTS } from '../http/parse-parts.ts'
import { readParts } from '../http/read-parts.ts'

import '../http/read-body.ts'

/** Time limit for everything except the bytes of the part; the time for these does not count. */
const FIELDS_MS = 15_000
/** Limit of the fields that this service does not know. */
const MAX_OTHER_BYTES = 1024 * 1024

/**
 * Passes the field `data` of a form to `store`, and returns its result when the form has ended. Other fields are ignored.
 * Throws INVALID_REQUEST, VALIDATION_ERROR, FILE_TOO_LARGE, REQUEST_TIMEOUT, SERVICE_UNAVAILABLE, and what `store` throws.
 */
export async function storeFormPart<Result>(
  request: FastifyRequest,
  store: (body: Readable) => Promise<Result>,
): Promise<Result> {
  const boundary = boundaryOf(request.headers['content-type'] ?? '')
  checkBodyBytes(request)
  const beginWait = () => request.server.bodies.hold(request, MAX_HEADER_BYTES)
  let stored: { readonly result: Result } | null = null
  try {
    for await (const body of limitWaiting(dataFields(request, boundary), FIELDS_MS, beginWait)) {
      if (stored !== null) throw invalidValue('data', 'invalid', 'must be one part')
      stored = { result: await store(body) }
    }
  } catch (error) {
    // The parser and its part streams throw their own errors.
    throw error instanceof ServiceError
      ? error
      : new ServiceError('INVALID_REQUEST', 'the multipart body cannot be read')
  }
  if (stored === null) throw invalidValue('data', 'missing', 'is required')
  return stored.result
}

async function* dataFields(request: FastifyRequest, boundary: string): AsyncGenerator<Readable> {
  for await (const { disposition, body } of readParts(request.raw, boundary)) {
    if (disposition.name === 'data') yield body
    else await skipPart(body, MAX_OTHER_BYTES)
  }
}

/** Throws FILE_TOO_LARGE for an announced length that only a part beyond the limit can have. */
function checkBodyBytes({ headers }: FastifyRequest): void {
  // The room for the heads of the other fields holds their bodies too.
  if (Number(headers['content-length'] ?? 0) <= MAX_PART_BYTES + MAX_PARTS * 2 * MAX_HEADER_BYTES) return
  throw new ServiceError('FILE_TOO_LARGE', `a part may have at most ${MAX_PART_BYTES} bytes`)
}
