import { createHmac, timingSafeEqual } from 'node:crypto'
import type { KeyStamp } from './api-key.ts'

/** Grant of a download URL: one file until a time. */
export interface DownloadGrant {
  readonly organizationId: string
  readonly fileId: string
  readonly expiresAtSeconds: number
}

/** Parsed token, not verified. */
export interface DownloadToken {
  /** Key that requested the link; null in links of earlier versions. */
  readonly issuer: KeyStamp | null
  readonly text: string
}

const ISSUER = /^(ak_[A-Za-z0-9]{1,64})\.(0|[1-9]\d{0,14})\.[A-Za-z0-9_-]{43}$/

/**
 * Returns the token of the grant: the key, its generation, which revocations use, and the HMAC-SHA256 (RFC 2104) of
 * all of it in base64url. The earlier form without a key is returned when `issuer` is null.
 */
export function signDownload(secret: string, grant: DownloadGrant, issuer: KeyStamp | null): string {
  const { organizationId, fileId, expiresAtSeconds } = grant
  const sign = (message: string) => createHmac('sha256', secret).update(message).digest('base64url')
  if (issuer === null) return sign(`${organizationId}/${fileId}/${expiresAtSeconds}`)
  const { apiKeyId, generation } = issuer
  // The prefix is not a valid organization id, so that neither form can be used as the other.
  const message = ['download link 2', organizationId, fileId, expiresAtSeconds, apiKeyId, generation]
  return `${apiKeyId}.${generation}.${sign(message.join('\n'))}`
}

/** Parses a token. The key in it is not trusted until `verifyDownload` returns true. */
export function parseDownloadToken(text: string): DownloadToken {
  const [, apiKeyId, generation] = ISSUER.exec(text) ?? []
  const issuer = apiKeyId === undefined ? null : { apiKeyId, generation: Number(generation) }
  return { issuer, text }
}

/** Tells if the token is valid for the grant and not expired; compares in constant time. */
export function verifyDownload(
  secret: string,
  grant: DownloadGrant,
  { issuer, text }: DownloadToken,
  nowMs: number,
): boolean {
  const expected = Buffer.from(signDownload(secret, grant, issuer))
  const given = Buffer.from(text)
  const isGenuine = expected.length === given.length && timingSafeEqual(expected, given)
  return isGenuine && nowMs < grant.expiresAtSeconds * 1000
}
