/** Polynomials over GF(2) modulo the polynomial of a CRC, as numbers with reversed bit order. */
export interface CrcField<T> {
  /** The polynomial 1. */
  readonly one: T
  /** The polynomial x. */
  readonly x: T
  multiply(a: T, b: T): T
  add(a: T, b: T): T
}

/** Returns the CRC of A followed by B, computed from the CRCs of both and the length of B. */
export type CombineCrc<T> = (crcA: T, crcB: T, lengthBytesB: number) => T

/** Shift operators that are kept for each CRC. */
const MAX_CACHED_OPERATORS = 64

/** Creates the combination of a CRC whose initial value and final XOR are equal. */
export function createCombineCrc<T>({ one, x, multiply, add }: CrcField<T>): CombineCrc<T> {
  const operators = new Map<number, T>()

  /** Returns x^(8 × length): the factor for a CRC that is followed by `length` bytes. */
  const shiftOperator = (lengthBytes: number): T => {
    const known = operators.get(lengthBytes)
    if (known !== undefined) return known
    let power = x
    let operator = one
    for (let exponent = lengthBytes * 8; exponent > 0; exponent = Math.floor(exponent / 2)) {
      if (exponent % 2 === 1) operator = multiply(power, operator)
      power = multiply(power, power)
    }
    if (operators.size >= MAX_CACHED_OPERATORS) operators.clear()
    operators.set(lengthBytes, operator)
    return operator
  }

  return (crcA, crcB, lengthBytesB) => add(multiply(shiftOperator(lengthBytesB), crcA), crcB)
}

/** Creates the combination of a CRC of 32 bits. `polynomial` has reversed bit order. */
export function createCombineCrc32(polynomial: number): CombineCrc<number> {
  return createCombineCrc({
    one: 0x80000000,
    x: 0x40000000,
    add: (a, b) => (a ^ b) >>> 0,
    multiply: (a, b) => {
      let product = 0
      let shifted = b
      for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
        if ((a & bit) !== 0) product ^= shifted
        shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1
      }
      return product >>> 0
    },
  })
}

/** Creates the combination of a CRC of 64 bits. `polynomial` has reversed bit order. */
export function createCombineCrc64(polynomial: bigint): CombineCrc<bigint> {
  return createCombineCrc({
    one: 1n << 63n,
    x: 1n << 62n,
    add: (a, b) => a ^ b,
    multiply: (a, b) => {
      let product = 0n
      let shifted = b
      for (let bit = 1n << 63n; bit !== 0n; bit >>= 1n) {
        if ((a & bit) !== 0n) product ^= shifted
        shifted = (shifted & 1n) === 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n
      }
      return product
    },
  })
}
