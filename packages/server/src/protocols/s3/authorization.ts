import type { HeaderFields } from './header-fields.ts'
import { headerValue, isHeaderName } from './header-fields.ts'
import { problem, type S3Problem } from './problem.ts'
import { hasQuery, queryValue, type RequestTarget } from './request-target.ts'

/** Signature of a request and what it claims, not verified yet. */
export interface Authorization {
  /** `query`: a presigned URL. */
  readonly form: 'header' | 'query'
  readonly accessKeyId: string
  /** Credential scope: date as `YYYYMMDD`, and a region of the client's choice. */
  readonly date: string
  readonly region: string
  /** Time of the signature as `YYYYMMDDTHHMMSSZ`, and in milliseconds since 1970. */
  readonly timestamp: string
  readonly signedAtMs: number
  /** Life of a presigned URL; null in a header. */
  readonly expiresSeconds: number | null
  readonly signedHeaders: readonly string[]
  /** 64 lower-case hex digits. */
  readonly signature: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'
const MAX_EXPIRES_SECONDS = 7 * 24 * 60 * 60
const UNSUPPORTED = problem(
  'InvalidRequest',
  'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
)

/**
 * Reads the signature from the header `Authorization` or from the query. Null: the request has none. Problems are
 * `AuthorizationHeaderMalformed`, `AuthorizationQueryParametersError`, `InvalidArgument` for both forms at once,
 * `InvalidRequest` for other mechanisms such as Signature Version 2, and `AccessDenied` for a missing date.
 */
export function readAuthorization(
  target: RequestTarget,
  headers: HeaderFields,
): Authorization | S3Problem | null {
  const header = headerValue(headers, 'authorization')
  const isPresigned = hasQuery(target, 'X-Amz-Algorithm') || hasQuery(target, 'X-Amz-Signature')
  const isVersion2 = hasQuery(target, 'AWSAccessKeyId') && hasQuery(target, 'Signature')
  if (header !== null && (isPresigned || isVersion2)) {
    return problem('InvalidArgument', 'Only one authorization mechanism is allowed.')
  }
  if (isVersion2) return UNSUPPORTED
  if (isPresigned) return readQuery(target)
  return header === null ? null : readHeader(header, headers)
}

function readHeader(header: string, headers: HeaderFields): Authorization | S3Problem {
  const [mechanism = ''] = header.split(' ', 1)
  if (mechanism !== ALGORITHM) return UNSUPPORTED
  const fields = new Map(
    header
      .slice(ALGORITHM.length)
      .split(',')
      .map((field) => {
        const [name = '', ...value] = field.trim().split('=')
        return [name, value.join('=')] as const
      }),
  )
  const time = readTime(headers)
  if (time === null) {
    return problem('AccessDenied', 'A signed request needs a valid x-amz-date or Date header.')
  }
  return assemble('header', time, null, (name) => fields.get(name) ?? null)
}

function readQuery(target: RequestTarget): Authorization | S3Problem {
  const value = (name: string) => queryValue(target, `X-Amz-${name}`)
  if (value('Algorithm') !== ALGORITHM) return malformed('query', 'X-Amz-Algorithm must be AWS4-HMAC-SHA256')
  const time = parseTimestamp(value('Date') ?? '')
  if (time === null) return malformed('query', 'X-Amz-Date must be in the form YYYYMMDDTHHMMSSZ')
  const expires = value('Expires') ?? ''
  const expiresSeconds = /^\d{1,9}$/.test(expires) ? Number(expires) : 0
  if (expiresSeconds < 1 || expiresSeconds > MAX_EXPIRES_SECONDS) {
    return malformed('query', `X-Amz-Expires must be a number from 1 to ${MAX_EXPIRES_SECONDS}`)
  }
  return assemble('query', time, expiresSeconds, value)
}

interface Time {
  readonly timestamp: string
  readonly signedAtMs: number
}

function assemble(
  form: Authorization['form'],
  time: Time,
  expiresSeconds: number | null,
  value: (name: string) => string | null,
): Authorization | S3Problem {
  const scope = (value('Credential') ?? '').split('/')
  // An access key id of another service may contain slashes.
  const [date = '', region = '', service, terminator] = scope.slice(-4)
  const accessKeyId = scope.slice(0, -4).join('/')
  if (accessKeyId === '' || service !== 's3' || terminator !== 'aws4_request' || !isRegion(region)) {
    return malformed(form, 'the credential must be <access key id>/<date>/<region>/s3/aws4_request')
  }
  if (date !== time.timestamp.slice(0, 8)) {
    return malformed(form, 'the date of the credential differs from the date of the request')
  }
  const signedHeaders = (value('SignedHeaders') ?? '').split(';')
  if (!signedHeaders.includes('host') || !signedHeaders.every(isHeaderName)) {
    return malformed(form, 'SignedHeaders must be lower-case names, with host among them')
  }
  const signature = value('Signature') ?? ''
  if (!/^[0-9a-f]{64}$/.test(signature)) return malformed(form, 'the signature must be 64 hex digits')
  return { form, accessKeyId, date, region, ...time, expiresSeconds, signedHeaders, signature }
}

function malformed(form: Authorization['form'], rule: string): S3Problem {
  return form === 'header'
    ? problem('AuthorizationHeaderMalformed', `The authorization header is malformed: ${rule}.`)
    : problem('AuthorizationQueryParametersError', `The query of the presigned URL is malformed: ${rule}.`)
}

function isRegion(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(text)
}

/** Returns the time of `x-amz-date`; without it, of `Date`. */
function readTime(headers: HeaderFields): Time | null {
  const amzDate = headerValue(headers, 'x-amz-date')
  if (amzDate !== null) return parseTimestamp(amzDate)
  const date = headerValue(headers, 'date') ?? ''
  const basic = parseTimestamp(date)
  if (basic !== null) return basic
  const signedAtMs = Date.parse(date)
  if (Number.isNaN(signedAtMs)) return null
  return { signedAtMs, timestamp: new Date(signedAtMs).toISOString().replace(/[-:]|\.\d{3}/g, '') }
}

function parseTimestamp(text: string): Time | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (match === null) return null
  const [, year, month, day, hour, minute, second] = match
  const signedAtMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(signedAtMs) ? null : { timestamp: text, signedAtMs }
}
