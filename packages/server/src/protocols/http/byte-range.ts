import { parse } from 'range-parser'
import type { ByteRange } from '../../storage/stored-object.ts'

/** Bit in the parser's result when a part of the header is malformed. */
const MALFORMED = 1

export type RequestedRange =
  | { readonly kind: 'complete' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' }

/**
 * Returns the part of `sizeBytes` bytes that a Range header requests (RFC 9110 section 14.2). Headers with several
 * ranges, other units or syntax errors are ignored, as the RFC allows: the response then has all bytes.
 */
export function requestedRange(header: string | undefined, sizeBytes: number): RequestedRange {
  if (header === undefined) return { kind: 'complete' }
  const { code, type, ranges } = parse(sizeBytes, header)
  const isMalformed = (code & MALFORMED) !== 0
  if (type !== 'bytes' || isMalformed || ranges.length > 1) return { kind: 'complete' }
  const [range] = ranges
  return range ? { kind: 'part', range } : { kind: 'unsatisfiable' }
}
