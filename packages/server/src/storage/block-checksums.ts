import { combineCrc32c, crc32c } from '../platform/crc32c.ts'

/** Size of a block. Each block of an object has its own CRC-32C, which is verified whenever the block is read. */
export const BLOCK_BYTES = 1024 * 1024

/** Checksums of the first `offset` bytes of an object. */
export interface Checksums {
  readonly offset: number
  /** CRC-32C of each complete block. */
  readonly blocks: readonly number[]
  /** CRC-32C of the bytes after the last complete block; 0 when there are none. */
  readonly tail: number
}

/** Checksums of no bytes. */
export const NO_BYTES: Checksums = { offset: 0, blocks: [], tail: 0 }

export interface RunningChecksums {
  update(buffer: Buffer): void
  snapshot(): Checksums
}

/** Creates incremental checksums that continue from `start`. Each byte is read once. */
export function createRunningChecksums(start: Checksums): RunningChecksums {
  let { offset, tail } = start
  const blocks = [...start.blocks]

  const update = (buffer: Buffer) => {
    let position = 0
    while (position < buffer.length) {
      const length = Math.min(BLOCK_BYTES - (offset % BLOCK_BYTES), buffer.length - position)
      tail = crc32c(buffer.subarray(position, position + length), tail)
      position += length
      offset += length
      if (offset % BLOCK_BYTES === 0) {
        blocks.push(tail)
        tail = 0
      }
    }
  }

  return { update, snapshot: () => ({ offset, blocks: [...blocks], tail }) }
}

/** Returns the checksum of each block, an incomplete last block included. */
export function allBlocks({ offset, blocks, tail }: Checksums): number[] {
  return offset % BLOCK_BYTES === 0 ? [...blocks] : [...blocks, tail]
}

/** Returns the CRC-32C of all bytes, computed from the checksums of the blocks. */
export function combinedCrc32c({ offset, blocks, tail }: Checksums): number {
  const ofBlocks = blocks.reduce((crc, block) => combineCrc32c(crc, block, BLOCK_BYTES), 0)
  return combineCrc32c(ofBlocks, tail, offset % BLOCK_BYTES)
}
