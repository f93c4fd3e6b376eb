const PAGE_BYTES = 65_536
const MAX_PAGES = 65_536
/** Bytes of a SIMD register. */
const LANE_BYTES = 16
/** Registers that one step of the kernel multiplies. Rows are padded to a multiple of them. */
const LANES_PER_STEP = 4
const STEP_BYTES = LANES_PER_STEP * LANE_BYTES
/** Added to each number of a query: the instruction multiplies 8-bit integers with 7-bit integers from 0 to 127. */
const QUERY_OFFSET = 64
/** Rows that one call of the kernel multiplies. */
const BLOCK_ROWS = 1_024
const RESULT_BYTES = BLOCK_ROWS * 4

/** The part of WebAssembly that is used here. Only TypeScript's browser types declare it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  /** Multiplies the query with each row from `start` to `end`, and writes the sums as 32-bit integers. */
  multiply(query: number, start: number, end: number, results: number, rowBytes: number): void
}

/** Largest absolute value of a query's numbers. */
export const MAX_QUERY_CODE = 63

/** Rows of 8-bit integers, in the memory of WebAssembly, whose SIMD instructions multiply 16 of them at once. */
export interface Rows {
  /** Bytes in memory of a row. */
  readonly rowBytes: number
  readonly count: () => number
  /** Adds complete rows of numbers from -127 to 127, one after the other. */
  append(codes: Int8Array): void
  /**
   * Calls `visit` with the dot products of the query, numbers from -63 to 63, and the rows from `first`, block after
   * block. The next block replaces the products.
   */
  multiply(query: Int8Array, visit: (first: number, products: Int32Array) => void): void
  clear(): void
  sizeBytes(): number
}

let compiled: object | null = null

export function createRows(dimensions: number): Rows {
  compiled ??= new WebAssembly.Module(moduleBytes())
  const { memory, multiply } = new WebAssembly.Instance(compiled).exports as Exports
  const rowBytes = Math.ceil(dimensions / STEP_BYTES) * STEP_BYTES
  const resultsAt = rowBytes
  const rowsAt = resultsAt + RESULT_BYTES
  let count = 0
  /** Product of each row with the offset of queries, by which the kernel's sums are too large. */
  let excess = new Int32Array(BLOCK_ROWS)
  const reserve = (bytes: number) => {
    const { byteLength } = memory.buffer
    if (bytes <= byteLength) return
    const pages = Math.ceil(Math.max(bytes, byteLength * 1.25) / PAGE_BYTES)
    memory.grow(Math.min(pages, MAX_PAGES) - byteLength / PAGE_BYTES)
  }
  reserve(rowsAt)
  const writeQuery = (write: (numbers: Uint8Array) => void) => {
    const numbers = new Uint8Array(memory.buffer, 0, rowBytes)
    numbers.fill(0)
    write(numbers)
  }
  /** Multiplies the query in memory with the rows from `start` to `end`. */
  const visitProducts = (
    start: number,
    end: number,
    visit: (first: number, products: Int32Array) => void,
  ) => {
    for (let first = start; first < end; first += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, end - first)
      const at = rowsAt + first * rowBytes
      multiply(0, at, at + rows * rowBytes, resultsAt, rowBytes)
      visit(first, new Int32Array(memory.buffer, resultsAt, rows))
    }
  }
  return {
    rowBytes,
    count: () => count,
    append: (codes) => {
      const added = codes.length / dimensions
      reserve(rowsAt + (count + added) * rowBytes)
      const memoryBytes = new Int8Array(memory.buffer)
      for (let row = 0; row < added; row++) {
        memoryBytes.set(
          codes.subarray(row * dimensions, (row + 1) * dimensions),
          rowsAt + (count + row) * rowBytes,
        )
      }
      const end = count + added
      if (end > excess.length) excess = copyTo(Math.max(end, excess.length * 2), excess)
      writeQuery((numbers) => numbers.fill(QUERY_OFFSET, 0, dimensions))
      visitProducts(count, end, (first, sums) => excess.set(sums, first))
      count = end
    },
    multiply: (query, visit) => {
      writeQuery((numbers) => {
        for (const [at, code] of query.entries()) numbers[at] = code + QUERY_OFFSET
      })
      visitProducts(0, count, (first, products) => {
        for (let row = 0; row < products.length; row++) {
          products[row] = (products[row] as number) - (excess[first + row] as number)
        }
        visit(first, products)
      })
    },
    clear: () => {
      count = 0
    },
    sizeBytes: () => memory.buffer.byteLength + excess.byteLength,
  }
}

function copyTo(length: number, numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length)
  copy.set(numbers)
  return copy
}

// Instructions: WebAssembly Core Specification, "Binary Format"; DOT is i32x4.relaxed_dot_i8x16_i7x16_add_s, whose result is
// the same on every processor for these ranges of numbers.
const get = (local: number) => [0x20, local]
const set = (local: number) => [0x21, local]
const constant = (value: number) => [0x41, ...signed(value)]
const simd = (code: number) => (code < 0x80 ? [0xfd, code] : [0xfd, (code & 0x7f) | 0x80, code >> 7])
const loadVector = (offset: number) => [...simd(0), 4, offset]
const zeroVector = [...simd(12), ...new Array<number>(LANE_BYTES).fill(0)]
const lane = (number: number) => [...simd(27), number]
const DOT = simd(275)
const STORE = [0x36, 2, 0]
const ADD = [0x6a]
const IS_LESS = [0x49]
const LOOP = [0x03, 0x40]
const REPEAT_IF = [0x0d, 0]
const END = [0x0b]

const I32 = 0x7f
const V128 = 0x7b
const [QUERY, START, STOP, RESULTS, ROW_BYTES, AT, ROW_END, SUMS] = [0, 1, 2, 3, 4, 5, 6, 7]

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const multiplyLane = (lane: number) => [
    ...[...get(START), ...loadVector(lane * LANE_BYTES)],
    ...[...get(AT), ...loadVector(lane * LANE_BYTES)],
    ...[...get(SUMS), ...DOT, ...set(SUMS)],
  ]
  const code = [
    ...LOOP,
    ...[...zeroVector, ...set(SUMS), ...get(QUERY), ...set(AT)],
    ...[...get(START), ...get(ROW_BYTES), ...ADD, ...set(ROW_END)],
    ...LOOP,
    ...Array.from({ length: LANES_PER_STEP }, (_, lane) => multiplyLane(lane)).flat(),
    ...[...get(AT), ...constant(STEP_BYTES), ...ADD, ...set(AT)],
    ...[...get(START), ...constant(STEP_BYTES), ...ADD, ...set(START)],
    ...[...get(START), ...get(ROW_END), ...IS_LESS, ...REPEAT_IF],
    ...END,
    ...get(RESULTS),
    ...[0, 1, 2, 3].flatMap((number) => [...get(SUMS), ...lane(number)]),
    ...[...ADD, ...ADD, ...ADD, ...STORE],
    ...[...get(RESULTS), ...constant(4), ...ADD, ...set(RESULTS)],
    ...[...get(START), ...get(STOP), ...IS_LESS, ...REPEAT_IF],
    ...END,
    ...END,
  ]
  const locals = [2, 2, I32, 1, V128]
  const body = [...locals, ...code]
  const name = (text: string) => [text.length, ...Buffer.from(text)]
  const section = (id: number, bytes: readonly number[]) => [id, ...unsigned(bytes.length), ...bytes]
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('multiply'), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ])
}

/** Encodes a positive integer as signed LEB128. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)]
}

/** Encodes an integer as unsigned LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}
