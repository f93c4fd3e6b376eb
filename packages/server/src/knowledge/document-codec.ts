import { promisify } from 'node:util'
import { zstdCompress, zstdDecompressSync } from 'node:zlib'
import { ServiceError } from '../domain/errors.ts'
import type { IndexedChunk, IndexedDocument } from './search-index.ts'

const compress = promisify(zstdCompress)

/** Largest encoded part. */
export const MAX_PART_BYTES = 256 * 1024
/** Content of a part before compression, so that no content can make a part too large. */
const MAX_CONTENT_BYTES = 240 * 1024
/** Largest content of a part that is read, against damaged or forged parts. */
const MAX_DECODED_BYTES = 4 * 1024 * 1024
const FORMAT = 1

/** A decoded part. Each part can be read without the others. */
export interface DocumentPart {
  readonly language: string | null
  readonly chunks: readonly IndexedChunk[]
}

interface Header {
  readonly format: number
  readonly language: string | null
  /** Index, text, context, page, start, end and token count of each chunk. */
  readonly chunks: readonly [number, string, string, number | null, number, number, number][]
  /** Numbers of each vector; 0 without vectors. */
  readonly dimensions: number
}

/** Yields the document as compressed parts of at most `MAX_PART_BYTES`; one part for a document without chunks. */
export async function* encodeDocument(document: IndexedDocument): AsyncGenerator<Uint8Array> {
  let pending: IndexedChunk[] = []
  let pendingBytes = 0
  let parts = 0
  for await (const chunk of document.chunks) {
    const bytes = sizeOf(chunk)
    if (pending.length > 0 && pendingBytes + bytes > MAX_CONTENT_BYTES) {
      yield await encodePart(document.language, pending)
      parts++
      pending = []
      pendingBytes = 0
    }
    pending.push(chunk)
    pendingBytes += bytes
  }
  if (pending.length > 0 || parts === 0) yield await encodePart(document.language, pending)
}

/** Upper bound of the bytes that a chunk takes before compression. */
function sizeOf({ text, context, vector }: IndexedChunk): number {
  return Buffer.byteLength(JSON.stringify([text, context])) + 80 + (vector?.byteLength ?? 0)
}

async function encodePart(language: string | null, chunks: readonly IndexedChunk[]): Promise<Uint8Array> {
  const header: Header = {
    format: FORMAT,
    language,
    chunks: chunks.map((one) => [
      one.index,
      one.text,
      one.context,
      one.page,
      one.startOffset,
      one.endOffset,
      one.tokenCount,
    ]),
    dimensions: chunks[0]?.vector?.length ?? 0,
  }
  const json = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(json.length)
  const vectors = chunks.map(({ vector }) => {
    if ((vector?.length ?? 0) !== header.dimensions) throw new RangeError('the vectors differ in length')
    return vector === null
      ? Buffer.alloc(0)
      : Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)
  })
  const part = await compress(Buffer.concat([length, json, ...vectors]))
  if (part.length > MAX_PART_BYTES) {
    throw new ServiceError(
      'INTERNAL_ERROR',
      `a chunk of a document needs ${part.length} bytes, more than a part has`,
    )
  }
  return part
}

/** Decodes one part. Throws INTERNAL_ERROR when it is damaged or has a newer format. */
export function decodePart(part: Uint8Array): DocumentPart {
  try {
    const bytes = zstdDecompressSync(part, { maxOutputLength: MAX_DECODED_BYTES })
    const jsonEnd = 4 + bytes.readUInt32LE(0)
    const { format, language, chunks, dimensions }: Header = JSON.parse(bytes.toString('utf8', 4, jsonEnd))
    if (format !== FORMAT) throw new Error(`its format is ${format}`)
    const vectors = new Float32Array(new Uint8Array(bytes.subarray(jsonEnd)).buffer)
    if (vectors.length !== dimensions * chunks.length) throw new Error('vectors are missing')
    return {
      language,
      chunks: chunks.map(([index, text, context, page, startOffset, endOffset, tokenCount], position) => {
        const vector =
          dimensions === 0 ? null : vectors.slice(position * dimensions, (position + 1) * dimensions)
        return { index, text, context, page, startOffset, endOffset, tokenCount, vector }
      }),
    }
  } catch (error) {
    const message = `a part of a document cannot be read: ${error instanceof Error ? error.message : error}`
    throw new ServiceError('INTERNAL_ERROR', message, {}, { cause: error })
  }
}
