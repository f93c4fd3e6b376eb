import { randomFillSync } from 'node:crypto'
import { closeSync, openSync, statfsSync, statSync, truncateSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Room beside the database that is given up when the disk is full, so that files can still be deleted. */
export interface Ballast {
  /** Gives a piece of the room up, since others may take what is free; false where none is left. */
  release(): boolean
  /** What is missing of it, in bytes. */
  missingBytes(): number
  /** Keeps the room again, where the disk has much more. Never throws. */
  keep(): void
}

/** SQLite's journal takes half of it at most before it begins anew. */
const BALLAST_BYTES = 8 * 1024 * 1024
const PIECE_BYTES = 1024 * 1024

/** `databasePath` is a file. */
export function createBallast(databasePath: string): Ballast {
  const path = `${databasePath}-ballast`

  const missingBytes = () => BALLAST_BYTES - (statSync(path, { throwIfNoEntry: false })?.size ?? 0)

  const release = () => {
    const keptBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (keptBytes === 0) return false
    truncateSync(path, Math.max(0, keptBytes - PIECE_BYTES))
    return true
  }

  const keep = () => {
    try {
      const { bavail, bsize } = statfsSync(dirname(path))
      if (missingBytes() === 0 || bavail * bsize < 2 * BALLAST_BYTES) return
      const file = openSync(path, 'w', 0o600)
      try {
        // Of random bytes: a file system that compresses would keep no room for others.
        const piece = randomFillSync(Buffer.allocUnsafe(PIECE_BYTES))
        for (let written = 0; written < BALLAST_BYTES; ) written += writeSync(file, piece)
      } finally {
        closeSync(file)
      }
    } catch {
      // Without it a delete needs a little room of its own.
    }
  }

  return { release, missingBytes, keep }
}
