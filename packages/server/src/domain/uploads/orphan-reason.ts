import type { ObjectUse } from './object-use.ts'

/**
 * Grace period of bytes without a record. They may belong to a running request: a direct upload of many files over a
 * slow line stores the first file hours before it records them all.
 */
export const UNRECORDED_GRACE_MS = 24 * 60 * 60 * 1000

/**
 * Returns the reason why an object or an unfinished upload that was last changed `ageMs` ago is an orphan; null when it
 * is not. A deleted file and an ended session need no grace period, because they never become valid again.
 */
export function orphanReason(use: ObjectUse, ageMs: number): string | null {
  switch (use) {
    case 'deleted-file':
      return 'its file is deleted'
    case 'refused':
      return 'its content was refused'
    case 'cancelled':
      return 'its upload session was cancelled'
    case 'expired':
      return 'its upload session has expired'
    case null:
      return ageMs < UNRECORDED_GRACE_MS ? null : 'no record explains it, and it is more than a day old'
    default:
      return null
  }
}
