export type Release = () => void

/** Web Locks; null for pages without TLS, except on localhost. Pages then do not see each other's locks. */
const locks: LockManager | null = navigator.locks ?? null

/** True when pages see each other's locks. */
export const seesLocks = locks !== null

/**
 * Takes the lock `name`, which all pages of the origin share. Resolves to null when another page holds it. The browser
 * releases the lock when the page ends.
 */
export function tryLock(name: string): Promise<Release | null> {
  if (locks === null) return Promise.resolve(() => {})
  return new Promise((resolve) => {
    const hold = (lock: Lock | null) => {
      if (lock === null) return resolve(null)
      return new Promise<void>((release) => resolve(release))
    }
    locks.request(name, { ifAvailable: true }, hold).catch(() => resolve(() => {}))
  })
}

/** Calls `then` as soon as no page holds the lock `name`. */
export function whenUnlocked(name: string, signal: AbortSignal, then: () => void): void {
  if (locks === null) then()
  else locks.request(name, { mode: 'shared', signal }, then).catch(() => {})
}
