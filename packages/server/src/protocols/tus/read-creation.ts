import type { FastifyRequest } from 'fastify'
import { ServiceError } from '../../domain/errors.ts'
import { guessContentType } from '../../domain/files/content-type/guess-content-type.ts'
import { UNKNOWN_CONTENT } from '../../domain/files/content-type/media-type.ts'
import { readBodyBytes } from '../http/body-bytes.ts'
import type { BytesRequest } from './receive-bytes.ts'
import { checkBytesType, readDeclaredLength } from './request-headers.ts'
import { bodyDigestOf } from './upload-checksum.ts'
import { fileFactsOf, parseUploadMetadata } from './upload-metadata.ts'

/** Parsed request that creates an upload. */
export interface Creation {
  readonly file: { readonly filename: string; readonly contentType: string; readonly path: string }
  /** `Upload-Metadata` as it was received; null without one. */
  readonly metadata: string | null
  /** True when the upload becomes a part of another one. */
  readonly isPartial: boolean
  /** Length of the upload; null when it is deferred. */
  readonly length: number | null
  /** First bytes; null when the request has none and the upload does not end with it. */
  readonly bytes: BytesRequest | null
}

const UNNAMED = 'upload'
/** Only the final upload has a file, so nothing that a partial one says of it counts. */
const PARTIAL_FILE = { filename: UNNAMED, contentType: UNKNOWN_CONTENT, path: '' }

/**
 * Parses a request that creates an upload, but not a final one (tus 1.0, "Creation" and "Creation With Upload").
 * Throws INVALID_REQUEST, UNSUPPORTED_MEDIA_TYPE, and FILE_TOO_LARGE for a body that exceeds the length.
 */
export function readCreation({ raw, bodyType }: FastifyRequest): Creation {
  const { headers } = raw
  const length = readDeclaredLength(headers)
  const metadata = String(headers['upload-metadata'] ?? '')
  const isPartial = headers['upload-concat'] === 'partial'
  const facts = fileFactsOf(parseUploadMetadata(metadata))
  const bodyBytes = readBodyBytes(headers)
  const bodyDigest = bodyDigestOf(raw)
  if (bodyBytes !== 0) checkBytesType(bodyType)
  if (length !== null && (bodyBytes ?? 0) > length) {
    throw new ServiceError('FILE_TOO_LARGE', `the body exceeds the length of ${length} bytes`)
  }
  // An empty upload is complete at once, and a checksum is verified also without bytes.
  const isAppended = bodyBytes !== 0 || length === 0 || bodyDigest !== null
  return {
    file: isPartial ? PARTIAL_FILE : withDefaults(facts),
    metadata: metadata === '' ? null : metadata,
    isPartial,
    length,
    bytes: isAppended ? { offset: 0, length: null, body: raw, bodyBytes, bodyDigest } : null,
  }
}

/** Returns the name and type of a file, with defaults for what its metadata does not tell. */
export function withDefaults({
  filename,
  contentType,
  path,
}: ReturnType<typeof fileFactsOf>): Creation['file'] {
  const name = filename ?? UNNAMED
  return { filename: name, contentType: contentType ?? guessContentType(name), path }
}
