import { trimBlanks } from '../http/trim-blanks.ts'
import type { HeaderFields } from './header-fields.ts'
import { percentEncode } from './percent-encoding.ts'
import type { QueryField } from './request-target.ts'

/** Parts of a request that its signature covers. */
export interface CanonicalParts {
  readonly method: string
  /** Encoded path, not normalized. */
  readonly path: string
  readonly query: readonly QueryField[]
  readonly headers: HeaderFields
  /** Lower-case names of the signed headers in the order of the signature. */
  readonly signedHeaders: readonly string[]
  /** Value of `x-amz-content-sha256`, or its replacement. */
  readonly payloadHash: string
}

/** Returns the canonical request of Signature Version 4. Its characters are bytes (Latin-1), as headers are. */
export function canonicalRequest(parts: CanonicalParts): string {
  const { method, path, query, headers, signedHeaders, payloadHash } = parts
  const lines = signedHeaders.map((name) => `${name}:${canonicalValue(headers.get(name) ?? [])}`)
  const names = signedHeaders.join(';')
  return [method, path, canonicalQuery(query), ...lines, '', names, payloadHash].join('\n')
}

/** Repeated headers are joined without a space, and runs of spaces count as one. */
function canonicalValue(values: readonly string[]): string {
  return values.map((value) => trimBlanks(value).replace(/ +/g, ' ')).join(',')
}

/** Fields sorted by their encoded names, then values. They are ASCII, so that the order of strings is that of bytes. */
function canonicalQuery(query: readonly QueryField[]): string {
  return query
    .filter(({ name }) => name !== 'X-Amz-Signature')
    .map(({ name, value }) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, aValue], [b, bValue]) => compare(a, b) || compare(aValue, bValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
