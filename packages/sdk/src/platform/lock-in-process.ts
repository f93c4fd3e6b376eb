import type { Release } from './platform.ts'

const claimed = new Set<string>()

/** A claim that the rest of this process sees, and nobody else. */
export async function claimInProcess(key: string): Promise<Release | null> {
  if (claimed.has(key)) return null
  claimed.add(key)
  return () => {
    claimed.delete(key)
  }
}
