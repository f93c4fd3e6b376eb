import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a download URL grants: one file, until a time. */
export interface DownloadGrant {
  readonly organizationId: string
  readonly fileId: string
  readonly expiresAtSeconds: number
}

/** The token that proves the grant: HMAC-SHA256 (RFC 2104) in base64url. */
export function signDownload(secret: string, grant: DownloadGrant): string {
  const { organizationId, fileId, expiresAtSeconds } = grant
  const message = `${organizationId}/${fileId}/${expiresAtSeconds}`
  return createHmac('sha256', secret).update(message).digest('base64url')
}

/** Whether the token proves the grant and its time is not over; compared in constant time. */
export function verifyDownload(secret: string, grant: DownloadGrant, token: string, nowMs: number): boolean {
  const expected = Buffer.from(signDownload(secret, grant))
  const given = Buffer.from(token)
  const isGenuine = expected.length === given.length && timingSafeEqual(expected, given)
  return isGenuine && nowMs < grant.expiresAtSeconds * 1000
}
