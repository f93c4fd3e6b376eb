import type { IncomingHttpHeaders } from 'node:http'

export interface Validators {
  /** Strong entity tag, with its quotes. */
  readonly etag: string
  readonly lastModifiedMs: number
}

export type Precondition = 'proceed' | 'not-modified' | 'failed'

/** Evaluates the conditions of a GET or HEAD in the order of RFC 9110 section 13.2.2. */
export function evaluatePreconditions(headers: IncomingHttpHeaders, validators: Validators): Precondition {
  const ifMatch = headers['if-match']
  if (ifMatch !== undefined) {
    if (!hasTag(ifMatch, validators.etag)) return 'failed'
  } else if (isAfter(validators, headers['if-unmodified-since']) === true) {
    return 'failed'
  }
  const ifNoneMatch = headers['if-none-match']
  if (ifNoneMatch !== undefined) {
    return hasTag(ifNoneMatch.replaceAll('W/', ''), validators.etag) ? 'not-modified' : 'proceed'
  }
  return isAfter(validators, headers['if-modified-since']) === false ? 'not-modified' : 'proceed'
}

/** Returns true when the Range header applies under this If-Range (RFC 9110 section 13.1.5). */
export function rangeApplies(ifRange: string | undefined, { etag, lastModifiedMs }: Validators): boolean {
  if (ifRange === undefined) return true
  if (ifRange.startsWith('"')) return ifRange === etag
  return Date.parse(ifRange) === toSeconds(lastModifiedMs)
}

function hasTag(list: string, etag: string): boolean {
  return list.trim() === '*' || list.split(',').some((tag) => tag.trim() === etag)
}

/** Returns null when the date is missing or malformed: the condition is then ignored. */
function isAfter({ lastModifiedMs }: Validators, date: string | undefined): boolean | null {
  const time = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(time) ? null : toSeconds(lastModifiedMs) > time
}

/** Rounds down to seconds, because HTTP dates have no fractions. */
function toSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000
}
