/** Castagnoli polynomial, bit-reversed. */
const POLYNOMIAL = 0x82f63b78

/** Bytes that are added to a CRC in one step. */
export const SLICE_BYTES = 16

/**
 * Lookup tables, 256 entries each. Table n holds the effect of a byte on the CRC when n more bytes follow. Source:
 * M. E. Kounavis and F. L. Berry, "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation", 2008.
 */
export const CRC32C_TABLE = makeTable()

function makeTable(): Int32Array {
  const table = new Int32Array(SLICE_BYTES * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    table[byte] = crc
  }
  for (let index = 256; index < table.length; index++) {
    const shorter = table[index - 256] as number
    table[index] = (shorter >>> 8) ^ (table[shorter & 255] as number)
  }
  return table
}
