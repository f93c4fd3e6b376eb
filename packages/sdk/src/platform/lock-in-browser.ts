import { lockInProcess } from './lock-in-process.ts'
import type { Release } from './platform.ts'

/** The part of the Web Locks API that is used here. Pages without TLS have no Web Locks. */
interface Locks {
  request(
    name: string,
    options: { readonly ifAvailable: true },
    callback: (lock: object | null) => Promise<void> | undefined,
  ): Promise<void>
}

const PREFIX = 'waybill-upload '

/** Takes a lock that is shared by all pages of this origin. Without Web Locks, only this page sees the lock. */
export function lockInBrowser(key: string): Promise<Release | null> {
  const { locks } = (globalThis as { readonly navigator?: { readonly locks?: Locks } }).navigator ?? {}
  if (locks === undefined) return lockInProcess(key)
  return new Promise((resolve) => {
    // The request is not awaited: the browser holds the lock until the promise that the callback returns is settled.
    const hold = (lock: object | null) => {
      if (lock === null) return void resolve(null)
      return new Promise<void>((release) => resolve(release))
    }
    locks.request(PREFIX + key, { ifAvailable: true }, hold).catch(() => resolve(lockInProcess(key)))
  })
}
