import { problem, type S3Problem } from './problem.ts'

/** Form of a request body, as `x-amz-content-sha256` tells it. */
export type PayloadForm =
  /** The body as it is, with this SHA-256 in lower-case hex. */
  | { readonly kind: 'hashed'; readonly sha256: string }
  | { readonly kind: 'unsigned' }
  /** Chunks with a framing of their own. */
  | { readonly kind: 'chunked'; readonly isSigned: boolean; readonly hasTrailer: boolean }

const CHUNKED: ReadonlyMap<string, PayloadForm> = new Map([
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { kind: 'chunked', isSigned: true, hasTrailer: false }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { kind: 'chunked', isSigned: true, hasTrailer: true }],
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { kind: 'chunked', isSigned: false, hasTrailer: true }],
])

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** Returns the form of a body. Problems are `InvalidArgument`, and `NotImplemented` for ECDSA signatures. */
export function parsePayloadForm(value: string): PayloadForm | S3Problem {
  if (/^[0-9a-f]{64}$/i.test(value)) return { kind: 'hashed', sha256: value.toLowerCase() }
  if (value === UNSIGNED_PAYLOAD) return { kind: 'unsigned' }
  if (value.startsWith('STREAMING-AWS4-ECDSA-')) {
    return problem('NotImplemented', 'Signatures with ECDSA are not supported.')
  }
  return (
    CHUNKED.get(value) ??
    problem(
      'InvalidArgument',
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-UNSIGNED-PAYLOAD-TRAILER or a valid sha256 value.',
      { ArgumentName: 'x-amz-content-sha256' },
    )
  )
}
