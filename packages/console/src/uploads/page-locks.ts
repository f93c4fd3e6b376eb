export type Release = () => void

/** Null in a page without TLS that is not of this machine: each page is then on its own. */
const locks: LockManager | null = navigator.locks ?? null

/**
 * Has this page hold `name`, and no other page of the origin; null where one holds it already. Whatever ends the page gives
 * it back.
 */
export function holdLock(name: string): Promise<Release | null> {
  if (locks === null) return Promise.resolve(() => {})
  return new Promise((resolve) => {
    const hold = (lock: Lock | null) => {
      if (lock === null) return resolve(null)
      return new Promise<void>((release) => resolve(release))
    }
    locks.request(name, { ifAvailable: true }, hold).catch(() => resolve(() => {}))
  })
}

/** Calls `then` once no page holds `name`: at once, or when whoever holds it is closed or gives it back. */
export function whenUnlocked(name: string, signal: AbortSignal, then: () => void): void {
  if (locks === null) then()
  else locks.request(name, { mode: 'shared', signal }, then).catch(() => {})
}
