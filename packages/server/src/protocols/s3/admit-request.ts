import type { KeyObject } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Caller, RequestFacts } from '../../domain/access/caller.ts'
import { authenticateS3 } from '../../operations/access/authenticate-s3.ts'
import type { Context } from '../../operations/context.ts'
import { type Authorization, readAuthorization } from './authorization.ts'
import { headerValue, readHeaderFields } from './header-fields.ts'
import { withHoistedHeaders } from './hoisted-headers.ts'
import { parsePayloadForm, UNSIGNED_PAYLOAD } from './payload-form.ts'
import { isProblem, problem, type S3Problem } from './problem.ts'
import { parseRequestTarget } from './request-target.ts'
import type { S3Request } from './s3-request.ts'
import type { SigningKeys } from './signing-keys.ts'
import { checkTime, type SignedRequest, signedPayloadHash, verifySignature } from './verify-signature.ts'

/** Head of a request, as it was received. */
export interface RequestHead {
  readonly raw: IncomingMessage
  /** Request target as the client sent it. */
  readonly url: string
  /** Bucket in the host name; null when the path begins with it. */
  readonly hostBucket: string | null
  /** Host that a trusted proxy reports; null for none. */
  readonly forwardedHost: string | null
  readonly facts: RequestFacts
}

/** Admitted request without the access to its body. */
export type AdmittedRequest = Omit<S3Request, 'readBody'>

/**
 * Admits a request whose signature is valid, in the order of the checks of S3: form, key id, time, signature, and then
 * the state of the key. Calls `onKnown` with the caller before the state of the key is checked.
 * Throws INVALID_API_KEY for an unknown key id, and the errors of the key's state.
 */
export async function admitRequest(
  context: Context,
  signingKeys: SigningKeys,
  { raw, url, hostBucket, forwardedHost, facts }: RequestHead,
  onKnown: (caller: Caller) => void,
): Promise<AdmittedRequest | S3Problem> {
  const target = parseRequestTarget(url, hostBucket)
  if (isProblem(target)) return target
  const headers = readHeaderFields(raw.rawHeaders)
  const authorization = readAuthorization(target, headers)
  if (authorization === null) return problem('AccessDenied', 'Access Denied')
  if (isProblem(authorization)) return authorization
  const { method = '' } = raw
  const nowMs = context.now()
  const proof: { signingKey: KeyObject | null } = { signingKey: null }
  const verify = (secretAccessKey: () => string): S3Problem | null => {
    const late = checkTime(authorization, nowMs)
    if (late !== null) return late
    proof.signingKey = signingKeys(authorization, secretAccessKey)
    return verifySignature({ method, target, headers, forwardedHost }, authorization, proof.signingKey)
  }
  const { accessKeyId } = authorization
  const admitted = await authenticateS3(context, { accessKeyId, verify }, facts, onKnown)
  if ('refusal' in admitted) return admitted.refusal
  const { signingKey } = proof
  if (signingKey === null) throw new Error('a verified request has a signing key')
  const payload = parsePayloadForm(payloadOf({ target, headers }, authorization))
  if (isProblem(payload)) return payload
  const all = authorization.form === 'query' ? withHoistedHeaders(headers, target) : headers
  if (isProblem(all)) return all
  return {
    context,
    caller: admitted.caller,
    method,
    target,
    headers: all,
    authorization,
    signingKey,
    payload,
    raw,
  }
}

/**
 * Returns what the payload must be: the hash that the signature covers. Only where it covers none may the header of a
 * presigned URL tell it, because clients that have the URL can send any header.
 */
function payloadOf(request: Pick<SignedRequest, 'target' | 'headers'>, authorization: Authorization): string {
  const signed = signedPayloadHash(request, authorization) ?? UNSIGNED_PAYLOAD
  if (signed !== UNSIGNED_PAYLOAD) return signed
  return headerValue(request.headers, 'x-amz-content-sha256') ?? UNSIGNED_PAYLOAD
}
