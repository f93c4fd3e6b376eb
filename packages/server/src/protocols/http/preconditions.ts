import type { IncomingHttpHeaders } from 'node:http'

export interface Validators {
  /** A strong entity tag, in its quotes. */
  readonly etag: string
  readonly lastModifiedMs: number
}

export type Precondition = 'go-on' | 'not-modified' | 'failed'

/** Whether a GET or HEAD with these conditions is to be answered: RFC 9110 section 13.2.2, in its order. */
export function evaluatePreconditions(headers: IncomingHttpHeaders, validators: Validators): Precondition {
  const ifMatch = headers['if-match']
  if (ifMatch !== undefined) {
    if (!hasTag(ifMatch, validators.etag)) return 'failed'
  } else if (isAfter(validators, headers['if-unmodified-since']) === true) {
    return 'failed'
  }
  const ifNoneMatch = headers['if-none-match']
  if (ifNoneMatch !== undefined) {
    return hasTag(ifNoneMatch.replaceAll('W/', ''), validators.etag) ? 'not-modified' : 'go-on'
  }
  return isAfter(validators, headers['if-modified-since']) === false ? 'not-modified' : 'go-on'
}

/** Whether a Range counts: RFC 9110 section 13.1.5. */
export function rangeApplies(ifRange: string | undefined, { etag, lastModifiedMs }: Validators): boolean {
  if (ifRange === undefined) return true
  if (ifRange.startsWith('"')) return ifRange === etag
  return Date.parse(ifRange) === toSeconds(lastModifiedMs)
}

function hasTag(list: string, etag: string): boolean {
  return list.trim() === '*' || list.split(',').some((tag) => tag.trim() === etag)
}

/** Null where there is no date, or one that cannot be read: then the condition does not count. */
function isAfter({ lastModifiedMs }: Validators, date: string | undefined): boolean | null {
  const time = date === undefined ? Number.NaN : Date.parse(date)
  return Number.isNaN(time) ? null : toSeconds(lastModifiedMs) > time
}

/** HTTP dates have no fractions. */
function toSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000
}
