import { createHmac, timingSafeEqual } from 'node:crypto'
import { SCAN_ID } from '../files/scan.ts'

/** Grant of the URL from which the scanner reads a file that no client can see yet. */
export interface ScanGrant {
  readonly organizationId: string
  readonly fileId: string
  readonly scanId: string
  readonly expiresAtSeconds: number
}

/** Returns the token of the grant: the id of the scan and the HMAC-SHA256 (RFC 2104) of all of it in base64url. */
export function signScan(secret: string, grant: ScanGrant): string {
  const { organizationId, fileId, scanId, expiresAtSeconds } = grant
  // The prefix is not a valid organization id, so that no download URL can be used as one of a scan, or the reverse.
  const message = ['scan link', organizationId, fileId, scanId, expiresAtSeconds].join('\n')
  return `${scanId}.${createHmac('sha256', secret).update(message).digest('base64url')}`
}

/** Returns the id of the scan in a token, not verified; null for a token of another kind. */
export function scanIdOfToken(token: string): string | null {
  const [scanId = '', , ...others] = token.split('.')
  return SCAN_ID.test(scanId) && others.length === 0 ? scanId : null
}

/** Tells if the token is valid for the grant and not expired; compares in constant time. */
export function verifyScan(secret: string, grant: ScanGrant, token: string, nowMs: number): boolean {
  const [expected, given] = [Buffer.from(signScan(secret, grant)), Buffer.from(token)]
  const isGenuine = expected.length === given.length && timingSafeEqual(expected, given)
  return isGenuine && nowMs < grant.expiresAtSeconds * 1000
}
