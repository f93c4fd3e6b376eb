import { crc32c as update } from '@node-rs/crc32'

/** The Castagnoli polynomial of CRC-32C (RFC 3385), bits reversed. */
const POLYNOMIAL = 0x82f63b78
const X_TO_THE_0 = 0x80000000
const X_TO_THE_1 = 0x40000000

/** Returns the CRC-32C of `bytes`, continued from `previous`, the CRC-32C of all bytes before them. */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  return update(bytes, previous)
}

/** Returns the CRC-32C of A followed by B, computed from the checksums of both and the length of B. */
export function combineCrc32c(crcA: number, crcB: number, lengthBytesB: number): number {
  return (multiply(shiftOperator(lengthBytesB), crcA) ^ crcB) >>> 0
}

/** Formats a CRC-32C as Google's `crc32c` fields do: base64 of the big-endian bytes. */
export function crc32cToBase64(crc: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc)
  return bytes.toString('base64')
}

const shiftOperators = new Map<number, number>()
const MAX_CACHED_OPERATORS = 64

/** Returns x^(8 × length) modulo the polynomial: the factor for a CRC that is followed by `length` bytes. */
function shiftOperator(lengthBytes: number): number {
  const known = shiftOperators.get(lengthBytes)
  if (known !== undefined) return known
  let power = X_TO_THE_1
  let operator = X_TO_THE_0
  for (let exponent = lengthBytes * 8; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) operator = multiply(power, operator)
    power = multiply(power, power)
  }
  if (shiftOperators.size >= MAX_CACHED_OPERATORS) shiftOperators.clear()
  shiftOperators.set(lengthBytes, operator)
  return operator
}

/** Returns the product of two polynomials over GF(2) modulo the polynomial of the CRC, with reversed bit order. */
function multiply(a: number, b: number): number {
  let product = 0
  let shifted = b
  for (let bit = X_TO_THE_0; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted
    shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1
  }
  return product >>> 0
}
