import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { parseEmail, type TokenClaims } from '../domain/access/user.ts'
import { ServiceError } from '../domain/errors.ts'
import { createOidcProvider } from './oidc-provider.ts'
import { type MembershipClaims, readMemberships } from './read-memberships.ts'
import type { TokenVerifier } from './token-verifier.ts'

export interface OidcOptions extends MembershipClaims {
  /** Issuer as its tokens name it, with or without a slash at the end. */
  readonly issuer: string
  readonly clientId: string
  /** Audience that a token must have. */
  readonly audience: string
}

/** Signatures with a public key. HMAC would make the public key, or the client's secret, a key that signs. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
]
/** Node accepts 16 KiB for all headers of a request. */
const MAX_TOKEN_LENGTH = 12 * 1024
/** Difference of the clocks of the provider and the service. */
const TOLERANCE_SECONDS = 10
/** OpenID Connect Core 1.0 section 2. */
const MAX_SUBJECT_LENGTH = 255
const MAX_NAME_LENGTH = 200

/** Creates a verifier for ID tokens, or for access tokens when they have an audience of their own. */
export function createTokenVerifier(options: OidcOptions, now: () => number): TokenVerifier {
  const { issuer, clientId, audience } = options
  const token = audience === clientId ? 'id_token' : 'access_token'
  const provider = createOidcProvider(issuer)
  return {
    signIn: { issuer, clientId, token, audience: token === 'id_token' ? null : audience },
    pageOrigins: provider.origins,
    managesMembers: options.organizationClaim !== null,
    verify: async (text) => {
      if (text.length > MAX_TOKEN_LENGTH) throw invalid('the token is too long')
      const keys = await provider.keys().catch((cause: unknown) => {
        throw unavailable(cause)
      })
      const { payload, typ } = await verifySignature(text, keys, { issuer, audience }, now())
      checkKind(payload, typ, token, clientId)
      return toClaims(payload, options)
    },
  }
}

async function verifySignature(
  token: string,
  keys: JWTVerifyGetKey,
  expected: { readonly issuer: string; readonly audience: string },
  nowMs: number,
): Promise<{ readonly payload: JWTPayload; readonly typ: string }> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      ...expected,
      algorithms: ALGORITHMS,
      requiredClaims: ['sub', 'exp', 'iat'],
      clockTolerance: TOLERANCE_SECONDS,
      // Checks that the token was not issued in the future; its end is `exp`.
      maxTokenAge: Number.MAX_SAFE_INTEGER,
      currentDate: new Date(nowMs),
    })
    return { payload, typ: (protectedHeader.typ ?? 'jwt').toLowerCase() }
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new ServiceError('TOKEN_EXPIRED', 'the token has expired')
    if (isFaultOfToken(error)) throw invalid('the token is not valid', error)
    throw unavailable(error)
  }
}

/** Returns true for an error of the token; others are failures to read the keys. */
function isFaultOfToken(error: unknown): boolean {
  const { JOSEError, JWKSTimeout, JWKSInvalid } = errors
  return (
    error instanceof JOSEError &&
    !(error instanceof JWKSTimeout || error instanceof JWKSInvalid) &&
    // The class itself stands for an answer of the provider that is not a set of keys.
    error.code !== JOSEError.code
  )
}

/** Throws TOKEN_INVALID for tokens of the provider that are for other purposes or clients. */
function checkKind(
  { azp, events }: JWTPayload,
  typ: string,
  token: 'id_token' | 'access_token',
  clientId: string,
): void {
  const types = token === 'id_token' ? ['jwt'] : ['jwt', 'at+jwt', 'application/at+jwt']
  if (!types.includes(typ)) throw invalid(`the token is no ${token}`)
  // Logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.4) have the audience of ID tokens.
  if (events !== undefined) throw invalid('the token is a logout token')
  if (token === 'id_token' && azp !== undefined && azp !== clientId)
    throw invalid('the token was issued for another client')
}

function toClaims(payload: JWTPayload, options: OidcOptions): TokenClaims {
  const { sub = '', iat = 0, exp = 0, name, preferred_username, email, email_verified } = payload
  if (sub === '' || sub.length > MAX_SUBJECT_LENGTH || /\p{Cc}/u.test(sub))
    throw invalid('the subject of the token is not valid')
  const address = typeof email === 'string' ? parseEmail(email) : null
  return {
    issuer: options.issuer,
    subject: sub,
    name: toName(name) ?? toName(preferred_username),
    email: address,
    // Some providers send a text.
    isEmailVerified: address !== null && (email_verified === true || email_verified === 'true'),
    issuedAtMs: Math.floor(iat * 1000),
    expiresAtMs: Math.floor(exp * 1000),
    memberships: readMemberships(payload, options),
  }
}

function toName(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const name = value
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, MAX_NAME_LENGTH)
    .toWellFormed()
  return name === '' ? null : name
}

function invalid(message: string, cause?: unknown): ServiceError {
  return new ServiceError('TOKEN_INVALID', message, {}, { cause })
}

function unavailable(cause: unknown): ServiceError {
  return new ServiceError(
    'SERVICE_UNAVAILABLE',
    'the keys of the sign-in provider cannot be read',
    {},
    { cause },
  )
}
