import { crc32c as update } from '@node-rs/crc32'

/** The Castagnoli polynomial of CRC-32C (RFC 3385), bits reversed. */
const POLYNOMIAL = 0x82f63b78
const X_TO_THE_0 = 0x80000000
const X_TO_THE_1 = 0x40000000

/** CRC-32C of `bytes`, going on from `previous`: the CRC-32C of all bytes before them. */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  return update(bytes, previous)
}

/** CRC-32C of A followed by B, from that of A, that of B and B's length, without reading either. */
export function combineCrc32c(crcA: number, crcB: number, lengthBytesB: number): number {
  return (multiply(shiftOperator(lengthBytesB), crcA) ^ crcB) >>> 0
}

/** The wire form of Google's `crc32c` fields: base64 of the big-endian bytes. */
export function crc32cToBase64(crc: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc)
  return bytes.toString('base64')
}

const shiftOperators = new Map<number, number>()
const MAX_CACHED_OPERATORS = 64

/** x^(8 × length) modulo the polynomial: what a CRC is multiplied by when `length` bytes follow it. */
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

/** The product of two polynomials over GF(2) modulo the CRC's polynomial, in its reversed bit order. */
function multiply(a: number, b: number): number {
  let product = 0
  let shifted = b
  for (let bit = X_TO_THE_0; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted
    shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1
  }
  return product >>> 0
}
