import { randomFillSync } from 'node:crypto'
import { closeSync, openSync, statSync, truncateSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { freeBytes } from '../../platform/free-bytes.ts'

/** Preallocated space that is released when the disk is full, so that files can still be deleted. */
export interface Ballast {
  /** Releases one piece, not all: other processes may use free space. Returns false when none is left. */
  release(): boolean
  /** Returns the bytes of the ballast that are not allocated. */
  missingBytes(): number
  /** Allocates the released space again when the disk has enough free space. Never throws. */
  keep(): void
}

/** Size of the ballast. SQLite's journal uses at most half of it before a checkpoint. */
const BALLAST_BYTES = 8 * 1024 * 1024
const PIECE_BYTES = 1024 * 1024

/** Creates the ballast beside the file `databasePath`. */
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
      if (missingBytes() === 0 || freeBytes(dirname(path)) < 2 * BALLAST_BYTES) return
      const file = openSync(path, 'w', 0o600)
      try {
        // Random bytes: a compressing file system would reserve no space for zeros.
        const piece = randomFillSync(Buffer.allocUnsafe(PIECE_BYTES))
        for (let written = 0; written < BALLAST_BYTES; ) written += writeSync(file, piece)
      } finally {
        closeSync(file)
      }
    } catch {
      // Without the ballast, deletes need some free space.
    }
  }

  return { release, missingBytes, keep }
}
