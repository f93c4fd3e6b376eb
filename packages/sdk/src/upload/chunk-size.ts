/** Chunks that are not the last have to be a multiple of this. */
export const CHUNK_QUANTUM_BYTES = 256 * 1024

const MAX_GROWTH = 8

export interface ChunkLimits {
  readonly firstBytes: number
  readonly maxBytes: number
  /** Long enough that the pause between two chunks does not count, short enough to see the speed change. */
  readonly aimMs: number
}

export interface ChunkSize {
  /** Of the next chunk. */
  bytes(): number
  /** Tells that so many bytes took so long. */
  measured(bytes: number, milliseconds: number): void
  /** Tells that a chunk did not get through. */
  failed(): void
}

/** How large the next chunk is: what the network takes in some seconds, as far as it can be told. */
export function createChunkSize({ firstBytes, maxBytes, aimMs }: ChunkLimits): ChunkSize {
  let size = firstBytes
  const set = (wanted: number) => {
    const bounded = Math.min(wanted, maxBytes)
    size = Math.max(CHUNK_QUANTUM_BYTES, bounded - (bounded % CHUNK_QUANTUM_BYTES))
  }
  return {
    bytes: () => size,
    measured: (bytes, milliseconds) => {
      const wanted = Math.round((bytes / Math.max(milliseconds, 1)) * aimMs)
      set(Math.min(wanted, size * MAX_GROWTH))
    },
    failed: () => set(size / 2),
  }
}
