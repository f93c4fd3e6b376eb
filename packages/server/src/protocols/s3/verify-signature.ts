import { hash, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { Authorization } from './authorization.ts'
import { type CanonicalParts, canonicalRequest } from './canonical-request.ts'
import { type HeaderFields, headerValue } from './header-fields.ts'
import { UNSIGNED_PAYLOAD } from './payload-form.ts'
import { percentDecode, percentEncodePath } from './percent-encoding.ts'
import { problem, type S3Problem } from './problem.ts'
import { queryValue, type RequestTarget } from './request-target.ts'
import { hmac } from './signing-keys.ts'

export interface SignedRequest {
  readonly method: string
  readonly target: RequestTarget
  readonly headers: HeaderFields
  /** Host that a trusted proxy reports as the client's; null for none. */
  readonly forwardedHost: string | null
}

/** Largest difference between the clocks of client and service. */
const MAX_SKEW_MS = 15 * 60 * 1000

/**
 * Checks the time of a signature. Null when it is fine. A header must be younger than 15 minutes (`RequestTimeTooSkewed`);
 * a presigned URL is valid from its date to its expiry (`AccessDenied`).
 */
export function checkTime(authorization: Authorization, nowMs: number): S3Problem | null {
  const { signedAtMs, expiresSeconds } = authorization
  const isFuture = signedAtMs - nowMs > MAX_SKEW_MS
  if (expiresSeconds !== null) {
    if (isFuture) return problem('AccessDenied', 'Request is not valid yet')
    if (nowMs <= signedAtMs + expiresSeconds * 1000) return null
    const expires = new Date(signedAtMs + expiresSeconds * 1000).toISOString()
    return problem('AccessDenied', 'Request has expired', { Expires: expires })
  }
  if (!isFuture && nowMs - signedAtMs <= MAX_SKEW_MS) return null
  return problem(
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    {
      RequestTime: authorization.timestamp,
      ServerTime: new Date(nowMs).toISOString(),
      MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS),
    },
  )
}

/**
 * Verifies the signature of a request over its raw bytes, in constant time. Null when it is right. The path is tried as
 * it was sent, then in the encoding of AWS, because proxies change characters such as `(`; the host is tried as it was
 * sent, then as a trusted proxy reports it. Problems are `SignatureDoesNotMatch`, `AccessDenied` for an `x-amz-` header
 * that is not signed, and `InvalidRequest` for a missing hash.
 */
export function verifySignature(
  request: SignedRequest,
  authorization: Authorization,
  signingKey: KeyObject,
): S3Problem | null {
  const unsigned = unsignedHeaders(request, authorization)
  if (unsigned.length > 0) {
    return problem('AccessDenied', 'There were headers present in the request which were not signed', {
      HeadersNotSigned: unsigned.join(', '),
    })
  }
  const payloadHash = signedPayloadHash(request, authorization)
  if (payloadHash === null) {
    return problem('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256')
  }
  const candidates = candidatesOf(request, authorization, payloadHash).map((parts) => canonicalRequest(parts))
  const strings = candidates.map((canonical) => stringToSign(authorization, canonical))
  const isRight = strings.some((text) => isSignature(authorization.signature, signingKey, text))
  if (isRight) return null
  return problem(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    {
      AWSAccessKeyId: authorization.accessKeyId,
      StringToSign: strings[0] ?? '',
      SignatureProvided: authorization.signature,
      CanonicalRequest: candidates[0] ?? '',
    },
  )
}

/** Returns true when the hex signature is that of the text, compared in constant time. */
export function isSignature(signature: string, signingKey: KeyObject, text: string): boolean {
  return timingSafeEqual(Buffer.from(signature, 'hex'), hmac(signingKey, text))
}

/** Credential scope of the signature without its key id. */
export function scopeOf({ date, region }: Pick<Authorization, 'date' | 'region'>): string {
  return `${date}/${region}/s3/aws4_request`
}

function stringToSign(authorization: Authorization, canonical: string): string {
  const digest = hash('sha256', Buffer.from(canonical, 'latin1'), 'hex')
  return ['AWS4-HMAC-SHA256', authorization.timestamp, scopeOf(authorization), digest].join('\n')
}

/** A header that is not signed could change the meaning of the request, as `x-amz-copy-source` does. */
function unsignedHeaders({ headers }: SignedRequest, { form, signedHeaders }: Authorization): string[] {
  return [...headers.keys()].filter((name) => {
    if (!name.startsWith('x-amz-') || signedHeaders.includes(name)) return false
    return !(form === 'query' && name === 'x-amz-content-sha256')
  })
}

/** Returns the hash of the payload as the signature covers it; null when a header must tell it and does not. */
export function signedPayloadHash(
  { headers, target }: Pick<SignedRequest, 'headers' | 'target'>,
  { form, signedHeaders }: Authorization,
): string | null {
  const header = headerValue(headers, 'x-amz-content-sha256')
  if (form === 'header') return header
  if (header !== null && signedHeaders.includes('x-amz-content-sha256')) return header
  return queryValue(target, 'X-Amz-Content-Sha256') ?? UNSIGNED_PAYLOAD
}

function candidatesOf(
  { method, target, headers, forwardedHost }: SignedRequest,
  { signedHeaders }: Authorization,
  payloadHash: string,
): CanonicalParts[] {
  const { rawPath, query } = target
  const reencoded = percentEncodePath(percentDecode(rawPath) ?? '')
  const paths = reencoded === rawPath ? [rawPath] : [rawPath, reencoded]
  const hosts =
    forwardedHost === null ? [headers] : [headers, new Map([...headers, ['host', [forwardedHost]]])]
  return hosts.flatMap((headers) =>
    paths.map((path) => ({ method, path, query, headers, signedHeaders, payloadHash })),
  )
}
