import { statfsSync } from 'node:fs'

/** Returns the bytes that this user may still write to the disk of `path`. Throws the system's error. */
export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}
