import { createHmac, timingSafeEqual } from 'node:crypto'
import type { KeyStamp } from './api-key.ts'

/** Describes what a download URL grants: one file, until a time. */
export interface DownloadGrant {
  readonly organizationId: string
  readonly fileId: string
  readonly expiresAtSeconds: number
}

/** A token as it came, whoever made it. */
export interface DownloadToken {
  /** The key that asked for the link; null in links from before a link named its key. */
  readonly issuer: KeyStamp | null
  readonly text: string
}

const ISSUER = /^(ak_[A-Za-z0-9]{1,64})\.(0|[1-9]\d{0,14})\.[A-Za-z0-9_-]{43}$/

/**
 * Returns the token that proves the grant: the key and its generation, which a revocation goes by, and the HMAC-SHA256
 * (RFC 2104) of all of it in base64url. An earlier form without a key is signed for null.
 */
export function signDownload(secret: string, grant: DownloadGrant, issuer: KeyStamp | null): string {
  const { organizationId, fileId, expiresAtSeconds } = grant
  const sign = (message: string) => createHmac('sha256', secret).update(message).digest('base64url')
  if (issuer === null) return sign(`${organizationId}/${fileId}/${expiresAtSeconds}`)
  const { apiKeyId, generation } = issuer
  // Begins with what no organization is called, so that neither form can pass for the other.
  const message = ['download link 2', organizationId, fileId, expiresAtSeconds, apiKeyId, generation]
  return `${apiKeyId}.${generation}.${sign(message.join('\n'))}`
}

/** Reads the key that a token names, which is true only where `verifyDownload` says so. */
export function parseDownloadToken(text: string): DownloadToken {
  const [, apiKeyId, generation] = ISSUER.exec(text) ?? []
  const issuer = apiKeyId === undefined ? null : { apiKeyId, generation: Number(generation) }
  return { issuer, text }
}

/** Tells whether the token proves the grant and its time is not over; compared in constant time. */
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
