import type { ObjectUse } from './object-use.ts'

/**
 * What no record explains may belong to a request that is under way: a direct upload of many files over a slow
 * line stores its first one hours before it can record them all. So it is left alone until it is a day old.
 */
export const UNEXPLAINED_GRACE_MS = 24 * 60 * 60 * 1000

/**
 * Why nobody can need an object or an unfinished upload that was last changed `ageMs` ago, or null while somebody may.
 * The uses that are ends need no grace: nothing leads back from them.
 */
export function whyUnneeded(use: ObjectUse, ageMs: number): string | null {
  switch (use) {
    case 'deleted-file':
      return 'its file is deleted'
    case 'cancelled':
      return 'its upload session was cancelled'
    case 'expired':
      return 'its upload session has expired'
    case null:
      return ageMs < UNEXPLAINED_GRACE_MS ? null : 'no record explains it, and it is more than a day old'
    default:
      return null
  }
}
