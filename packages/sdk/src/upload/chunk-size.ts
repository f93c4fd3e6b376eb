/** The size of every chunk but the last must be a multiple of this: a rule of Google's resumable protocol. */
export const CHUNK_QUANTUM_BYTES = 256 * 1024

const MAX_GROWTH = 8

export interface ChunkLimits {
  readonly firstBytes: number
  readonly maxBytes: number
  /**
   * Target duration of a chunk: long enough that the gap between chunks is negligible, short enough to adapt to the
   * speed.
   */
  readonly targetMs: number
}

export interface ChunkSize {
  /** Returns the size of the next chunk. */
  bytes(): number
  /** Records the duration of a chunk. */
  measured(bytes: number, milliseconds: number): void
  /** Records that a chunk failed. */
  failed(): void
}

/** Adapts the chunk size to the measured speed, so that a chunk takes about `targetMs`. */
export function createChunkSize({ firstBytes, maxBytes, targetMs }: ChunkLimits): ChunkSize {
  let size = firstBytes
  const set = (wanted: number) => {
    const bounded = Math.min(wanted, maxBytes)
    size = Math.max(CHUNK_QUANTUM_BYTES, bounded - (bounded % CHUNK_QUANTUM_BYTES))
  }
  return {
    bytes: () => size,
    measured: (bytes, milliseconds) => {
      const wanted = Math.round((bytes / Math.max(milliseconds, 1)) * targetMs)
      set(Math.min(wanted, size * MAX_GROWTH))
    },
    failed: () => set(size / 2),
  }
}
