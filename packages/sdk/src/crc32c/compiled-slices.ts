import { CRC32C_TABLE, SLICE_BYTES } from './table.ts'

const PAGE_BYTES = 65_536
const TABLE_BYTES = CRC32C_TABLE.byteLength
/** WebAssembly memory: the table, followed by a buffer small enough to stay in the processor's cache. */
const PAGES = 2
const PIECE_BYTES = PAGES * PAGE_BYTES - TABLE_BYTES

/** The part of WebAssembly that is used here. Only TypeScript's browser types declare it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  /**
   * Returns the CRC register after the slices from `start` (inclusive) to `end` (exclusive). There must be at least
   * one.
   */
  add(start: number, end: number, before: number): number
}

/**
 * Compiles `addSlices` to machine code. It accepts bytes at any alignment, is 1.5 to 2 times as fast as the
 * JavaScript in Node, and its speed does not vary between runs.
 */
export function compileSlices(): (slices: Uint8Array, before: number) => number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()))
  const { memory, add } = exports as Exports
  new Int32Array(memory.buffer).set(CRC32C_TABLE)
  const piece = new Uint8Array(memory.buffer, TABLE_BYTES)
  return (slices, before) => {
    let crc = before
    for (let at = 0; at < slices.byteLength; at += PIECE_BYTES) {
      const part = slices.subarray(at, at + PIECE_BYTES)
      piece.set(part)
      crc = add(TABLE_BYTES, TABLE_BYTES + part.byteLength, crc)
    }
    return crc
  }
}

// Instructions: WebAssembly Core Specification, "Binary Format".
const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const constant = (value: number) => [0x41, ...signed(value)]
const load = (offset: number) => [0x28, 2, ...unsigned(offset)]
const ADD = [0x6a]
const AND = [0x71]
const XOR = [0x73]
const SHIFT_LEFT = [0x74]
const SHIFT_RIGHT = [0x76]
const IS_LESS = [0x49]
const LOOP = [0x03, 0x40]
const REPEAT_IF = [0x0d, 0]
const END = [0x0b]

const I32 = 0x7f
const [START, STOP, CRC, FIRST_WORD] = [0, 1, 2, 3]
const WORDS = [0, 1, 2, 3]

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...vector([[I32], [I32], [I32]]), ...vector([[I32]])]
  const body = [...vector([[WORDS.length, I32]]), ...slicesCode(), ...END]
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

/** Returns the instructions of `addSlices`. */
function slicesCode(): number[] {
  const loads = WORDS.flatMap((word) => [...get(START), ...load(word * 4), ...set(FIRST_WORD + word)])
  const mix = [...get(FIRST_WORD), ...get(CRC), ...XOR, ...set(FIRST_WORD)]
  const lookups = WORDS.flatMap((word) => [0, 1, 2, 3].map((byte) => lookup(word, byte)))
  const sum = lookups.flatMap((code, index) => (index === 0 ? code : [...code, ...XOR]))
  const next = [...get(START), ...constant(SLICE_BYTES), ...ADD, ...set(START)]
  const isMore = [...get(START), ...get(STOP), ...IS_LESS]
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
  const following = SLICE_BYTES - 1 - (word * 4 + byte)
  const value = [...get(FIRST_WORD + word), ...constant(byte * 8), ...SHIFT_RIGHT, ...constant(255), ...AND]
  return [...value, ...constant(2), ...SHIFT_LEFT, ...load(following * 1024)]
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
