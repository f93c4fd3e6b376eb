import { parseItem } from 'structured-headers'
import type { Limits } from '../../operations/context.ts'

/**
 * Returns the Boolean of an Item field such as `Upload-Complete: ?1`. Parameters are ignored. Null when the field is
 * absent or has any other value: it then counts as absent (RFC 9651; draft-ietf-httpbis-resumable-upload-11, 4.1).
 */
export function parseBooleanField(value: string | undefined): boolean | null {
  const item = bareItemOf(value)
  return typeof item === 'boolean' ? item : null
}

/**
 * Returns the non-negative Integer of an Item field such as `Upload-Offset: 100`. Parameters are ignored. Null when the
 * field is absent or has any other value: it then counts as absent.
 */
export function parseIntegerField(value: string | undefined): number | null {
  const item = bareItemOf(value)
  // A Decimal such as `1.0` has the same value in JavaScript, and is no Integer.
  const isInteger = typeof item === 'number' && Number.isInteger(item) && !/^\s*-?\d+\./.test(value ?? '')
  return isInteger && item >= 0 ? item : null
}

function bareItemOf(value: string | undefined): unknown {
  if (value === undefined) return null
  try {
    return parseItem(value)[0]
  } catch {
    return null
  }
}

/** Returns the Dictionary field `Upload-Limit`. `maxAgeSeconds` is null where no upload resource exists yet. */
export function uploadLimitField(maxSizeBytes: number, maxAgeSeconds: number | null): string {
  const maxAge = maxAgeSeconds === null ? '' : `, max-age=${maxAgeSeconds}`
  return `max-size=${maxSizeBytes}${maxAge}`
}

/**
 * Returns the headers with which the protocol describes itself in the response to OPTIONS (draft -11, section "Limits").
 */
export function describeIetf({ maxFileBytes }: Limits): Readonly<Record<string, string>> {
  return { 'upload-limit': uploadLimitField(maxFileBytes, null) }
}
