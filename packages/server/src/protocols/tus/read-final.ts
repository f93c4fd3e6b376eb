import type { FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import type { Concatenation } from '../../operations/uploads/concatenate-uploads.ts'
import { readBodyBytes } from '../http/body-bytes.ts'
import { withDefaults } from './read-creation.ts'
import { fileFactsOf, parseUploadMetadata } from './upload-metadata.ts'

const FINAL = 'final;'
/** Makes relative URLs absolute; only their queries count. */
const ANY_BASE = 'http://localhost'

/**
 * Parses a request that creates a final upload from partial ones (tus 1.0, "Concatenation"); returns null for any other
 * creation. Throws INVALID_REQUEST.
 */
export function readFinal({ raw: { headers } }: FastifyRequest): Concatenation | null {
  const concat = headers['upload-concat']
  if (concat === undefined || concat === 'partial') return null
  if (typeof concat !== 'string' || !concat.startsWith(FINAL)) {
    throw new ServiceError('INVALID_REQUEST', 'upload-concat must be partial, or final; with a list of URLs')
  }
  if (headers['upload-length'] !== undefined || headers['upload-defer-length'] !== undefined) {
    throw new ServiceError('INVALID_REQUEST', 'a final upload has the length of its parts: send no length')
  }
  if (readBodyBytes(headers) !== 0) {
    throw new ServiceError('INVALID_REQUEST', 'a final upload has the bytes of its parts: send no body')
  }
  const metadata = String(headers['upload-metadata'] ?? '')
  const urls = concat.slice(FINAL.length).split(/ +/).filter(Boolean)
  return {
    file: withDefaults(fileFactsOf(parseUploadMetadata(metadata))),
    metadata: metadata === '' ? null : metadata,
    uploadIds: urls.map((url) => URL.parse(url, ANY_BASE)?.searchParams.get('upload_id') ?? ''),
    protocolState: concat,
  }
}
