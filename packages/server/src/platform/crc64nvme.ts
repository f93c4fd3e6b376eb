import { createCombineCrc64 } from './combine-crc.ts'
import { compileCrc64Slices, SLICE_BYTES } from './crc64-slices.ts'

/**
 * The polynomial of CRC-64/NVME (NVM Express NVM Command Set Specification, "64b CRC Polynomials"), with reversed bit
 * order. The initial value and the final XOR are all ones.
 */
const POLYNOMIAL = 0x9a6c9329ac4bc9b5n
const ALL_ONES = 0xffff_ffff_ffff_ffffn

let addSlices: ReturnType<typeof compileCrc64Slices> | null = null
let table: BigUint64Array | null = null

/** Returns the CRC-64/NVME of `bytes`, continued from `previous`, the CRC-64/NVME of all bytes before them. */
export function crc64nvme(bytes: Uint8Array, previous = 0n): bigint {
  // Most installations never compute it.
  table ??= createTable()
  addSlices ??= compileCrc64Slices(table)
  const slicedBytes = bytes.length - (bytes.length % SLICE_BYTES)
  let crc = addSlices(bytes.subarray(0, slicedBytes), previous ^ ALL_ONES)
  for (const byte of bytes.subarray(slicedBytes)) {
    crc = (crc >> 8n) ^ (table[Number((crc ^ BigInt(byte)) & 255n)] ?? 0n)
  }
  return crc ^ ALL_ONES
}

/** Returns the CRC-64/NVME of A followed by B, computed from the checksums of both and the length of B. */
export const combineCrc64nvme = createCombineCrc64(POLYNOMIAL)

/**
 * Creates the tables one after another, 256 entries each: table n has the CRCs of a byte that is followed by n zero
 * bytes.
 */
function createTable(): BigUint64Array {
  const entries = new BigUint64Array(SLICE_BYTES * 256)
  const shift = (crc: bigint) => ((crc & 1n) === 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n)
  for (let index = 0; index < entries.length; index++) {
    let crc = index < 256 ? BigInt(index) : (entries[index - 256] ?? 0n)
    if (index < 256) for (let bit = 0; bit < 8; bit++) crc = shift(crc)
    else crc = (crc >> 8n) ^ (entries[Number(crc & 255n)] ?? 0n)
    entries[index] = crc
  }
  return entries
}
