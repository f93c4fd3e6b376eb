import { type EtagCondition, matchesEtag, type WriteCondition } from '../../domain/files/write-condition.ts'
import { unquoteEtag } from './etag.ts'
import { type HeaderFields, headerValue } from './header-fields.ts'

/** Conditions of a request on the state of an object. */
export interface S3Conditions extends WriteCondition {
  readonly ifModifiedSinceMs: number | null
  readonly ifUnmodifiedSinceMs: number | null
}

export interface ObjectValidators {
  /** Without quotes. */
  readonly etag: string
  readonly lastModifiedMs: number
}

export type ConditionOutcome = 'proceed' | 'not-modified' | 'failed'

/** Prefix of the conditions on the source of CopyObject and UploadPartCopy. */
const COPY_PREFIX = 'x-amz-copy-source-'

/** Reads the conditions of a request on its own object. A malformed date is ignored (RFC 9110, section 13.1.3). */
export function readConditions(headers: HeaderFields): S3Conditions {
  return readPrefixed(headers, '')
}

/** Reads the conditions of a copy on its source. */
export function readCopyConditions(headers: HeaderFields): S3Conditions {
  return readPrefixed(headers, COPY_PREFIX)
}

function readPrefixed(headers: HeaderFields, prefix: string): S3Conditions {
  const value = (name: string) => headerValue(headers, `${prefix}${name}`)
  return {
    ifMatch: parseTags(value('if-match')),
    // RFC 9110, section 13.1.2: weak and strong tags are equal here.
    ifNoneMatch: parseTags(value('if-none-match')?.replaceAll('W/', '') ?? null),
    ifModifiedSinceMs: parseDate(value('if-modified-since')),
    ifUnmodifiedSinceMs: parseDate(value('if-unmodified-since')),
  }
}

/**
 * Evaluates the conditions of a read: If-Match goes before If-Unmodified-Since, which is then ignored, and If-None-Match
 * before If-Modified-Since (S3, "GetObject"; RFC 9110, section 13.2.2).
 */
export function evaluateRead(conditions: S3Conditions, object: ObjectValidators): ConditionOutcome {
  const { ifMatch, ifNoneMatch, ifModifiedSinceMs, ifUnmodifiedSinceMs } = conditions
  const modifiedMs = Math.floor(object.lastModifiedMs / 1000) * 1000
  if (ifMatch !== null) {
    if (!matchesEtag(ifMatch, object.etag)) return 'failed'
  } else if (ifUnmodifiedSinceMs !== null && modifiedMs > ifUnmodifiedSinceMs) return 'failed'
  if (ifNoneMatch !== null) return matchesEtag(ifNoneMatch, object.etag) ? 'not-modified' : 'proceed'
  return ifModifiedSinceMs !== null && modifiedMs <= ifModifiedSinceMs ? 'not-modified' : 'proceed'
}

/** Evaluates the conditions of a copy on its source: every one that does not hold fails (S3, "CopyObject"). */
export function evaluateCopySource(conditions: S3Conditions, source: ObjectValidators): 'proceed' | 'failed' {
  return evaluateRead(conditions, source) === 'proceed' ? 'proceed' : 'failed'
}

/** Parses a list of entity tags, with quotes or without. Weak ones match nothing. */
function parseTags(text: string | null): EtagCondition | null {
  if (text === null) return null
  if (text === '*') return '*'
  return text.split(',').map(unquoteEtag)
}

function parseDate(text: string | null): number | null {
  const timeMs = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(timeMs) ? null : timeMs
}
