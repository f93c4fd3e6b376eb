import { parse } from 'range-parser'
import type { ByteRange } from '../../storage/stored-object.ts'

/** Set in the parser's code when a part of the header cannot be read. */
const MALFORMED = 1

export type RequestedRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly range: ByteRange }
  | { readonly kind: 'unsatisfiable' }

/**
 * Which part of `sizeBytes` bytes a Range header asks for (RFC 9110 section 14.2). Several ranges at once, other
 * units and what cannot be read are answered with the whole, as the RFC allows.
 */
export function requestedRange(header: string | undefined, sizeBytes: number): RequestedRange {
  if (header === undefined) return { kind: 'whole' }
  const { code, type, ranges } = parse(sizeBytes, header)
  const isMalformed = (code & MALFORMED) !== 0
  if (type !== 'bytes' || isMalformed || ranges.length > 1) return { kind: 'whole' }
  const [range] = ranges
  return range ? { kind: 'part', range } : { kind: 'unsatisfiable' }
}
