/** The Castagnoli polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78
const SLICES = 8
/** Below it there may be no whole slice behind the first aligned byte. */
const MIN_SLICED_BYTES = 16

/** `TABLES[n]` is what a byte does to a CRC that n more bytes follow. */
const TABLES = makeTables()
const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES

type Tables = [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array]

function makeTables(): Tables {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    return crc
  })
  const tables = [first]
  while (tables.length < SLICES) {
    const previous = tables.at(-1) ?? first
    tables.push(previous.map((crc) => (crc >>> 8) ^ (first[crc & 255] as number)))
  }
  return tables as Tables
}

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/**
 * CRC-32C (RFC 3720, appendix B.4) of `bytes`, as an unsigned number; with the CRC of what comes before them, that of
 * both. Eight bytes at a time: M. E. Kounavis and F. L. Berry, «Novel Table Lookup-Based Algorithms for
 * High-Performance CRC Generation», 2008.
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous
  let index = 0
  const { length, byteOffset, buffer } = bytes
  if (IS_LITTLE_ENDIAN && length >= MIN_SLICED_BYTES) {
    const aligned = Math.min(length, (4 - (byteOffset & 3)) & 3)
    crc = eachByte(bytes, 0, aligned, crc)
    const pairs = (length - aligned) >>> 3
    crc = eachPair(new Int32Array(buffer, byteOffset + aligned, pairs * 2), crc)
    index = aligned + pairs * 8
  }
  return ~eachByte(bytes, index, length, crc) >>> 0
}

function eachByte(bytes: Uint8Array, start: number, end: number, before: number): number {
  let crc = before
  for (let index = start; index < end; index++) {
    crc = (crc >>> 8) ^ (T0[(crc ^ (bytes[index] as number)) & 255] as number)
  }
  return crc
}

function eachPair(words: Int32Array, before: number): number {
  let crc = before
  for (let index = 0; index < words.length; index += 2) {
    const a = crc ^ (words[index] as number)
    const b = words[index + 1] as number
    crc =
      (T7[a & 255] as number) ^
      (T6[(a >>> 8) & 255] as number) ^
      (T5[(a >>> 16) & 255] as number) ^
      (T4[a >>> 24] as number) ^
      (T3[b & 255] as number) ^
      (T2[(b >>> 8) & 255] as number) ^
      (T1[(b >>> 16) & 255] as number) ^
      (T0[b >>> 24] as number)
  }
  return crc
}

/** As the service and Google write it: base64 of the four bytes, the highest first. */
export function crc32cText(crc: number): string {
  const bytes = [crc >>> 24, (crc >>> 16) & 255, (crc >>> 8) & 255, crc & 255]
  return btoa(String.fromCharCode(...bytes))
}

/** The number that `crc32cText` made it of. */
export function parseCrc32c(text: string): number {
  return [...atob(text)].reduce((crc, byte) => (crc << 8) | byte.charCodeAt(0), 0) >>> 0
}
