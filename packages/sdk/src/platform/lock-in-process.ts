import type { Release } from './platform.ts'

const locked = new Set<string>()

/** Takes a lock that only this process sees. */
export async function lockInProcess(key: string): Promise<Release | null> {
  if (locked.has(key)) return null
  locked.add(key)
  return () => {
    locked.delete(key)
  }
}
