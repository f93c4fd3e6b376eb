/** Bytes that one step of the loop takes: two words of 8 bytes, and a table for each byte. */
export const SLICE_BYTES = 16

const PAGE_BYTES = 65_536
const TABLE_BYTES = SLICE_BYTES * 256 * 8
/** WebAssembly memory: the tables, followed by a buffer small enough to stay in the processor's cache. */
const PAGES = 2
const PIECE_BYTES = PAGES * PAGE_BYTES - TABLE_BYTES

/** The part of WebAssembly that is used here. Only TypeScript's browser types declare it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  /** Returns the CRC register after the slices from `start` (inclusive) to `end` (exclusive), at least one. */
  add(start: number, end: number, before: bigint): bigint
}

/**
 * Compiles the loop over the slices of a CRC of 64 bits with reversed bit order. JavaScript has no fast integers of 64
 * bits: two halves of 32 bits have a third of the speed, and BigInt has a hundredth. `table` has a table of 256 entries
 * for each byte of a slice, that of the last byte first.
 */
export function compileCrc64Slices(table: BigUint64Array): (slices: Uint8Array, before: bigint) => bigint {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()))
  const { memory, add } = exports as Exports
  new BigUint64Array(memory.buffer).set(table)
  const piece = new Uint8Array(memory.buffer, TABLE_BYTES)
  return (slices, before) => {
    let crc = before
    for (let at = 0; at < slices.byteLength; at += PIECE_BYTES) {
      const part = slices.subarray(at, at + PIECE_BYTES)
      piece.set(part)
      crc = add(TABLE_BYTES, TABLE_BYTES + part.byteLength, crc)
    }
    return BigInt.asUintN(64, crc)
  }
}

// Instructions: WebAssembly Core Specification, "Binary Format".
const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const constant32 = (value: number) => [0x41, ...signed(value)]
const constant64 = (value: number) => [0x42, ...signed(value)]
const load64 = (offset: number) => [0x29, 3, ...unsigned(offset)]
const ADD_32 = [0x6a]
const SHIFT_LEFT_32 = [0x74]
const IS_LESS_32 = [0x49]
const AND_64 = [0x83]
const XOR_64 = [0x85]
const SHIFT_RIGHT_64 = [0x88]
const TO_32 = [0xa7]
const LOOP = [0x03, 0x40]
const REPEAT_IF = [0x0d, 0]
const END = [0x0b]

const I32 = 0x7f
const I64 = 0x7e
const [START, STOP, CRC, FIRST_WORD] = [0, 1, 2, 3]
const WORDS = [0, 1]
const WORD_BYTES = 8

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...vector([[I32], [I32], [I64]]), ...vector([[I64]])]
  const body = [...vector([[WORDS.length, I64]]), ...slicesCode(), ...END]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [type]),
    ...section(3, [[0]]),
    ...section(5, [[0, PAGES]]),
    ...section(7, [
      [...name('memory'), 2, 0],
      [...name('add'), 0, 0],
    ]),
    ...section(10, [[...unsigned(body.length), ...body]]),
  ])
}

/** Returns the instructions of the loop. */
function slicesCode(): number[] {
  const loads = WORDS.flatMap((word) => [
    ...get(START),
    ...load64(word * WORD_BYTES),
    ...set(FIRST_WORD + word),
  ])
  const mix = [...get(FIRST_WORD), ...get(CRC), ...XOR_64, ...set(FIRST_WORD)]
  const lookups = WORDS.flatMap((word) => Array.from({ length: WORD_BYTES }, (_, byte) => lookup(word, byte)))
  const sum = lookups.flatMap((code, index) => (index === 0 ? code : [...code, ...XOR_64]))
  const next = [...get(START), ...constant32(SLICE_BYTES), ...ADD_32, ...set(START)]
  const isMore = [...get(START), ...get(STOP), ...IS_LESS_32]
  return [
    ...LOOP,
    ...loads,
    ...mix,
    ...sum,
    ...set(CRC),
    ...next,
    ...isMore,
    ...REPEAT_IF,
    ...END,
    ...get(CRC),
  ]
}

function lookup(word: number, byte: number): number[] {
  const following = SLICE_BYTES - 1 - (word * WORD_BYTES + byte)
  const value = [
    ...get(FIRST_WORD + word),
    ...constant64(byte * 8),
    ...SHIFT_RIGHT_64,
    ...constant64(255),
    ...AND_64,
  ]
  return [...value, ...TO_32, ...constant32(3), ...SHIFT_LEFT_32, ...load64(following * 256 * 8)]
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const content = vector(items)
  return [id, ...unsigned(content.length), ...content]
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

function name(text: string): number[] {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]))
}

/** Encodes an unsigned integer as LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]
}

/** Encodes a non-negative integer as signed LEB128, whose highest bit is the sign. */
function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)]
}
