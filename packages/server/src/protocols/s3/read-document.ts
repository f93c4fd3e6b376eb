import { hash, timingSafeEqual } from 'node:crypto'
import { problem, type S3Problem } from './problem.ts'
import type { S3Request } from './s3-request.ts'

/**
 * Reads the body of a request that is a document, and verifies the hash that the signature covers. Problems are
 * `XAmzContentSHA256Mismatch`, and `NotImplemented` for a body in chunks, which no client uses for documents. Throws what
 * `readBody` throws.
 */
export async function readDocument({ payload, readBody }: S3Request): Promise<Buffer | S3Problem> {
  if (payload.kind === 'chunked') {
    return problem('NotImplemented', 'A document must not be sent in chunks.')
  }
  const body = await readBody()
  if (payload.kind === 'unsigned') return body
  const isSame = timingSafeEqual(hash('sha256', body, 'buffer'), Buffer.from(payload.sha256, 'hex'))
  return isSame ? body : problem('XAmzContentSHA256Mismatch', '')
}
