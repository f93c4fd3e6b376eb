import { crc32 as update } from 'node:zlib'
import { createCombineCrc32 } from './combine-crc.ts'

/** Returns the CRC-32 (ITU-T V.42) of `bytes`, continued from `previous`, the CRC-32 of all bytes before them. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  return update(bytes, previous)
}

/** Returns the CRC-32 of A followed by B, computed from the checksums of both and the length of B. */
export const combineCrc32 = createCombineCrc32(0xedb88320)
