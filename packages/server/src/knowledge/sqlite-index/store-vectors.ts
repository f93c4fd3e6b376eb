import type { Corpus } from './corpus.ts'
import { createRows, MAX_QUERY_CODE, type Rows } from './dot-products.ts'
import type { StoreFile } from './store-file.ts'

/** Vector as small integers: `codes` times `scale`. */
export interface Quantized {
  readonly scale: number
  readonly codes: Int8Array
}

/** Largest absolute value of a stored code. */
export const MAX_ROW_CODE = 127

export function quantize(vector: Float32Array, maxCode: number): Quantized {
  let largest = 0
  for (let at = 0; at < vector.length; at++) largest = Math.max(largest, Math.abs(vector[at] as number))
  const scale = largest === 0 ? 1 : largest / maxCode
  const codes = new Int8Array(vector.length)
  for (let at = 0; at < codes.length; at++) codes[at] = Math.round((vector[at] as number) / scale)
  return { scale, codes }
}

/**
 * Takes a chunk with about its similarity to the query, and returns the highest similarity that is no longer wanted.
 * Most chunks of a large store are below it soon, and cost no call.
 */
export type VisitSimilar = (chunk: number, similarity: number) => number

/** Vectors of a store. They are compared by their cosine, which is their dot product because their length is 1. */
export interface StoreVectors {
  /** Calls `visit` with each searchable chunk that may be wanted. Call it in a transaction. */
  scan(corpus: Corpus, query: Float32Array, visit: VisitSimilar): void
  /** Returns the exact similarity of a chunk; null when it has no vector with as many dimensions. */
  similarity(query: Float32Array, chunk: number): number | null
  /** Bytes in memory. */
  sizeBytes(): number
}

/** Vectors in memory, in the order of their segments. */
interface Block {
  readonly rows: Rows
  readonly chunks: number[]
  readonly scales: number[]
}

/** Rows that are read at once when the vectors of a store are not kept in memory. */
const STREAMED_ROWS = 1_024
/** Deleted vectors in memory, as a share of all, from which memory is filled again. */
const MAX_DELETED_SHARE = 0.5

/** Opens the vectors of a store. They stay in memory between searches unless they need more than `maxBytes`. */
export function openStoreVectors(file: StoreFile, maxBytes: number): StoreVectors {
  let block: Block | null = null
  let dimensionsInMemory = 0
  let lastSegment = 0

  const forget = () => {
    block = null
    lastSegment = 0
  }

  return {
    scan: (corpus, query, visit) => {
      const dimensions = query.length
      if (dimensions !== dimensionsInMemory) forget()
      dimensionsInMemory = dimensions
      const quantized = quantize(query, MAX_QUERY_CODE)
      const kept = block ?? emptyBlock(dimensions)
      const count = kept.rows.count() + unreadRows(file, dimensions, lastSegment)
      const isKept = count * kept.rows.rowBytes <= maxBytes
      if (isKept) block = kept
      else forget()
      const read = isKept ? kept : emptyBlock(dimensions)
      const scanRows = createScan(corpus, quantized, visit)
      for (const segment of readSegments(file, dimensions, lastSegment)) {
        appendSegment(read, segment)
        if (isKept) lastSegment = segment.id
        else if (read.rows.count() >= STREAMED_ROWS) {
          scanRows(read)
          clear(read)
        }
      }
      scanRows(read)
      if (!isKept) return
      // A chunk without a vector hides a deleted one, which then stays longer.
      const deleted = read.rows.count() - corpus.chunkCount()
      if (deleted > read.rows.count() * MAX_DELETED_SHARE) forget()
    },
    similarity: (query, chunk) => {
      const row = file.prepare('SELECT vector FROM embeddings WHERE id = ?').get(chunk) as unknown as [
        Uint8Array,
      ]
      if (!row) return null
      const vector = new Float32Array(new Uint8Array(row[0]).buffer)
      if (vector.length !== query.length) return null
      let sum = 0
      for (let at = 0; at < vector.length; at++) sum += (vector[at] as number) * (query[at] as number)
      return sum
    },
    sizeBytes: () => (block === null ? 0 : block.rows.sizeBytes() + block.chunks.length * 16),
  }
}

const emptyBlock = (dimensions: number): Block => ({ rows: createRows(dimensions), chunks: [], scales: [] })

function clear({ rows, chunks, scales }: Block): void {
  rows.clear()
  chunks.length = 0
  scales.length = 0
}

interface Segment {
  readonly id: number
  readonly firstChunk: number
  readonly scales: Float32Array
  readonly codes: Int8Array
}

function* readSegments(file: StoreFile, dimensions: number, afterId: number): Generator<Segment> {
  for (const row of file.prepare(SEGMENTS).iterate(afterId, dimensions)) {
    const [id, firstChunk, scales, codes] = row as unknown as [number, number, Uint8Array, Uint8Array]
    yield {
      id,
      firstChunk,
      scales: new Float32Array(new Uint8Array(scales).buffer),
      codes: new Int8Array(codes.buffer, codes.byteOffset, codes.byteLength),
    }
  }
}

const SEGMENTS =
  'SELECT id, first_chunk, scales, codes FROM vector_segments WHERE id > ? AND dimensions = ? ORDER BY id'

/** Returns the number of vectors that are not in memory. It reads no vector, and with all of them in memory no row. */
function unreadRows(file: StoreFile, dimensions: number, afterId: number): number {
  const row = file.prepare(SEGMENT_BYTES).get(afterId, dimensions) as unknown as [number]
  return row[0] / dimensions
}

const SEGMENT_BYTES =
  'SELECT coalesce(sum(length(codes)), 0) FROM vector_segments WHERE id > ? AND dimensions = ?'

function appendSegment({ rows, chunks, scales }: Block, segment: Segment): void {
  rows.append(segment.codes)
  for (const [index, scale] of segment.scales.entries()) {
    chunks.push(segment.firstChunk + index)
    scales.push(scale)
  }
}

/** Creates a scan of blocks, which visits their searchable chunks. */
function createScan(corpus: Corpus, query: Quantized, visit: VisitSimilar): (block: Block) => void {
  let unwanted = Number.NEGATIVE_INFINITY
  return ({ rows, chunks, scales }) => {
    rows.multiply(query.codes, (first, products) => {
      for (let at = 0; at < products.length; at++) {
        const similarity = (products[at] as number) * query.scale * (scales[first + at] as number)
        if (similarity <= unwanted) continue
        const chunk = chunks[first + at] as number
        if (corpus.fileOf(chunk) !== 0) unwanted = visit(chunk, similarity)
      }
    })
  }
}
