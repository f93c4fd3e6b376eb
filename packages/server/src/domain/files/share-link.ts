import { randomBytes } from 'node:crypto'
import type { KeyStamp } from '../access/api-key.ts'

/** Public URL of one file. Only the hash of its secret is stored, so that the URL is known only to its creator. */
export interface ShareLink {
  readonly id: string
  readonly organizationId: string
  readonly fileId: string
  /** Key that created the link, with its generation at that time; null for the operator. */
  readonly createdBy: KeyStamp | null
  readonly createdAtMs: number
  /** Time from which the link is refused; null when it does not expire. */
  readonly expiresAtMs: number | null
  /** Upper bound of `downloads`; null when there is none. */
  readonly maxDownloads: number | null
  readonly downloads: number
  readonly lastDownloadAtMs: number | null
}

/** Time after a counted download in which later parts of the file are not counted, as long as a download URL is valid. */
export const CONTINUATION_MS = 60 * 60 * 1000

const SECRET_BYTES = 32
const SECRET = /^[A-Za-z0-9_-]{43}$/

/** Returns a new secret of 256 random bits in base64url (RFC 4648 section 5). It is shown once and never stored. */
export function createLinkSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** Returns true when `text` has the form of a link's secret. */
export function isLinkSecret(text: string): boolean {
  return SECRET.test(text)
}

/**
 * Returns true when the link can be used for a request. A used-up link still admits the later parts of its last
 * download, so that an interrupted one can resume; `isLaterPart` is true for a request that may be one.
 */
export function isUsableLink(link: ShareLink, isLaterPart: boolean, nowMs: number): boolean {
  const { expiresAtMs, maxDownloads, downloads, lastDownloadAtMs } = link
  if (expiresAtMs !== null && expiresAtMs <= nowMs) return false
  if (maxDownloads === null || downloads < maxDownloads) return true
  return isLaterPart && lastDownloadAtMs !== null && nowMs < lastDownloadAtMs + CONTINUATION_MS
}
