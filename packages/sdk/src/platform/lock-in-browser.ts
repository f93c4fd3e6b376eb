import { claimInProcess } from './claim-in-process.ts'
import type { Release } from './platform.ts'

/** Web Locks, as far as they are used; a page without TLS has none. */
interface Locks {
  request(
    name: string,
    options: { readonly ifAvailable: true },
    callback: (lock: object | null) => Promise<void> | undefined,
  ): Promise<void>
}

const PREFIX = 'waybill-upload '

/** A claim that every page of this origin sees. Where the browser gives none, this page alone does. */
export function claimInBrowser(key: string): Promise<Release | null> {
  const { locks } = (globalThis as { readonly navigator?: { readonly locks?: Locks } }).navigator ?? {}
  if (locks === undefined) return claimInProcess(key)
  return new Promise((resolve) => {
    // Asked for, and not waited for: the lock is kept until what is given to the browser here is over.
    const hold = (lock: object | null) => {
      if (lock === null) return void resolve(null)
      return new Promise<void>((release) => resolve(release))
    }
    locks.request(PREFIX + key, { ifAvailable: true }, hold).catch(() => resolve(claimInProcess(key)))
  })
}
