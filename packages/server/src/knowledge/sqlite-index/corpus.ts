import { isLanguage, type Language } from '../tokens/languages.ts'
import type { StoreFile } from './store-file.ts'

/** Share of the chunks from which a language counts for the terms of queries. */
const MIN_LANGUAGE_SHARE = 0.01

/** Facts of the chunks of a store that every search needs, in memory. Chunks and files are named by their row ids. */
export interface Corpus {
  /** Chunks that can be found. */
  chunkCount(): number
  /** Terms of all these chunks. */
  totalLength(): number
  /** Largest id of a chunk. */
  maxChunk(): number
  /** Returns the file of a chunk; 0 when the chunk is deleted or unfinished. */
  fileOf(chunk: number): number
  lengthOf(chunk: number): number
  positionOf(chunk: number): number
  fileIdOf(file: number): string
  /** Languages that hold at least 1 % of the chunks. */
  languages(): Language[]
  addFile(file: number, fileId: string, language: string | null, chunks: readonly CorpusChunk[]): void
  removeFile(file: number): void
  /** Bytes in memory, about. */
  sizeBytes(): number
}

export type CorpusChunk = readonly [chunk: number, position: number, length: number]

interface CorpusFile {
  readonly fileId: string
  readonly language: Language
  readonly chunks: number[]
}

export function createCorpus(): Corpus {
  let files = new Uint32Array(64)
  let positions = new Uint32Array(64)
  let lengths = new Uint32Array(64)
  const known = new Map<number, CorpusFile>()
  const chunksByLanguage = new Map<Language, number>()
  let maxChunk = 0
  let chunkCount = 0
  let totalLength = 0

  const grow = (chunk: number) => {
    if (chunk < files.length) return
    const size = Math.max(chunk + 1, files.length * 2)
    files = copyTo(size, files)
    positions = copyTo(size, positions)
    lengths = copyTo(size, lengths)
  }
  const count = (language: Language, difference: number) => {
    chunksByLanguage.set(language, (chunksByLanguage.get(language) ?? 0) + difference)
    chunkCount += difference
  }

  return {
    chunkCount: () => chunkCount,
    totalLength: () => totalLength,
    maxChunk: () => maxChunk,
    fileOf: (chunk) => files[chunk] ?? 0,
    lengthOf: (chunk) => lengths[chunk] ?? 0,
    positionOf: (chunk) => positions[chunk] ?? 0,
    fileIdOf: (file) => known.get(file)?.fileId ?? '',
    languages: () => {
      const minChunks = chunkCount * MIN_LANGUAGE_SHARE
      return [...chunksByLanguage.keys()].filter((language) => {
        const chunks = chunksByLanguage.get(language) ?? 0
        return chunks > 0 && chunks >= minChunks
      })
    },
    addFile: (file, fileId, code, chunks) => {
      const language = code !== null && isLanguage(code) ? code : null
      known.set(file, { fileId, language, chunks: chunks.map(([chunk]) => chunk) })
      for (const [chunk, position, length] of chunks) {
        grow(chunk)
        files[chunk] = file
        positions[chunk] = position
        lengths[chunk] = length
        totalLength += length
        maxChunk = Math.max(maxChunk, chunk)
      }
      count(language, chunks.length)
    },
    removeFile: (file) => {
      const removed = known.get(file)
      if (!removed) return
      known.delete(file)
      for (const chunk of removed.chunks) {
        files[chunk] = 0
        totalLength -= lengths[chunk] ?? 0
      }
      count(removed.language, -removed.chunks.length)
    },
    sizeBytes: () => files.byteLength * 3 + chunkCount * 8 + known.size * 200,
  }
}

function copyTo(size: number, values: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const copy = new Uint32Array(size)
  copy.set(values)
  return copy
}

/** Reads the facts of all live chunks. */
export function loadCorpus(file: StoreFile): Corpus {
  const corpus = createCorpus()
  for (const row of file.prepare(LOAD).iterate()) {
    const [id, fileId, language, chunks] = row as unknown as [number, string, string | null, string]
    corpus.addFile(id, fileId, language, JSON.parse(chunks))
  }
  return corpus
}

const LOAD = `
  SELECT f.id, f.file_id, f.language,
    (SELECT json_group_array(json_array(c.id, c.position, c.length)) FROM chunks c WHERE c.file = f.id)
  FROM files f WHERE f.staged_by IS NULL`
