import type { KeyStamp } from '../access/api-key.ts'
import { ServiceError } from '../errors.ts'
import type { ChecksumAlgorithm } from './checksums.ts'

/*
 * Terminology of an upload session:
 * - open: accepts bytes, and a client can register it when they are complete.
 * - dead: a client sent a malformed range or a wrong checksum. It accepts no more bytes.
 * - unfinished: open or dead. It holds a reservation of its size and counts against the limit of sessions.
 * - ended: registered, cancelled or expired. It never changes again.
 *   - registered: its object is a File.
 *   - cancelled: a client ended it, or the key that opened it was revoked.
 *   - expired: its time was over.
 * When a session is cancelled or expires, its bytes are deleted; a job deletes what remains.
 */

/** Recorded state. Only the storage knows how many bytes there are, and whether the object is complete. */
export type UploadSessionState =
  | { readonly kind: 'open' }
  | { readonly kind: 'dead' }
  | { readonly kind: 'cancelled' }
  /** Recorded, with the reservation released; see `isExpired` for sessions that are not recorded yet. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'registered' }

/** Checksums of the complete object that the client announced, in base64; null when not announced. */
export interface AnnouncedHashes {
  readonly crc32c: string | null
  readonly md5: string | null
}

export interface UploadSession {
  readonly fileId: string
  readonly organizationId: string
  readonly objectName: string
  readonly filename: string
  readonly sizeBytes: number
  readonly contentType: string
  readonly state: UploadSessionState
  readonly announced: AnnouncedHashes
  /** Checksums to compute in addition to the CRC-32C. */
  readonly checksums: readonly ChecksumAlgorithm[]
  /** The provider's identifier of a delegated upload; null for hosted uploads. */
  readonly uploadHandle: string | null
  /** Key that opened the session; null for the operator and for sessions of earlier versions. */
  readonly openedBy: KeyStamp | null
  /** State of the upload protocol in its own form, opaque to all other code; null for none. */
  readonly protocolState: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number
  /** Time from the upload of the File to its end; null when it has no end. */
  readonly fileLifetimeMs: number | null
}

/** Time after the expiry during which the session URI is answered with "gone", and with "not found" afterwards. */
export const GONE_MS = 7 * 24 * 60 * 60 * 1000

/**
 * Returns true when the session has expired, even if the expiry is not recorded yet. A registered session never
 * expires. A session that is recorded as expired stays expired when the clock of this process is behind.
 */
export function isExpired({ state, expiresAtMs }: UploadSession, nowMs: number): boolean {
  return state.kind === 'expired' || (state.kind !== 'registered' && nowMs >= expiresAtMs)
}

/** Adds hashes to the announced ones; returns null when one differs from an earlier one. */
export function mergeHashes(announced: AnnouncedHashes, added: AnnouncedHashes): AnnouncedHashes | null {
  const conflicts = (before: string | null, now: string | null) =>
    before !== null && now !== null && before !== now
  if (conflicts(announced.crc32c, added.crc32c) || conflicts(announced.md5, added.md5)) return null
  return { crc32c: announced.crc32c ?? added.crc32c, md5: announced.md5 ?? added.md5 }
}

export function isSameHashes(a: AnnouncedHashes, b: AnnouncedHashes): boolean {
  return a.crc32c === b.crc32c && a.md5 === b.md5
}

/** Returns the error for a session beyond the limit of one organization. */
export function tooManySessions(limit: number): ServiceError {
  return new ServiceError(
    'TOO_MANY_OPEN_UPLOADS',
    `the organization has ${limit} unfinished upload sessions, which is the limit: register or cancel some`,
    { limit },
  )
}
