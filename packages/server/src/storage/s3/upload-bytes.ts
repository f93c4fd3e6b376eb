import { BLOCK_BYTES, type Checksums, createRunningChecksums } from '../block-checksums.ts'
import { createGeneration } from '../generation.ts'
import type { UploadSpec } from '../stored-object.ts'
import { createByteQueue } from './byte-queue.ts'
import { GENERATION } from './object-facts.ts'
import { keyOf } from './object-key.ts'
import type { S3 } from './s3.ts'
import { fenced, type Piece, pieceKey, type UploadLayout } from './upload-record.ts'

/** Most parts of a multipart upload: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_NUMBER = 10_000
/**
 * Bytes after the end of a part that arrive before it is stored: a commit may drop the last bytes of a body, but cannot
 * divide a part.
 */
export const HOLD_BYTES = BLOCK_BYTES

/**
 * Bytes of an upload in the hands of one writer: those of the layout that are stored, and those after them in memory.
 * Nothing here changes the record of the upload.
 */
export interface UploadBytes {
  /** Stored bytes, in the state of the last call. */
  layout(): UploadLayout
  /** Bytes in memory, after those of the layout. */
  heldBytes(): number
  /** Bytes that are not in a part. */
  tailBytes(): number
  push(buffer: Buffer): void
  /** Stores the first bytes that are not in a part as a part. */
  storePart(partBytes: number): Promise<void>
  /** Stores the first bytes in memory as a piece, together with smaller pieces before them. */
  storePiece(bytes: number): Promise<void>
  /** Drops the bytes in memory, and restores an earlier layout. */
  restore(earlier: UploadLayout): void
  /** Returns the checksums of all bytes. */
  checksums(): Checksums
  /** Returns all bytes after those of the parts. */
  readTail(): Promise<Buffer>
  /** Drops the bytes in memory. */
  discard(): void
  /** Keys of the pieces that this writer has stored. */
  createdKeys(): readonly string[]
}

export interface UploadBytesOptions {
  readonly s3: S3
  readonly spec: UploadSpec
  readonly writerId: string
  readonly joinsSomeParts: boolean
}

export function createUploadBytes(options: UploadBytesOptions, start: UploadLayout): UploadBytes {
  const { s3, spec, writerId, joinsSomeParts } = options
  const memory = createByteQueue(s3.memory)
  const createdKeys: string[] = []
  let layout = start

  const discard = () => memory.drop(memory.bytes())
  const piecesBytes = () => layout.pieces.reduce((sum, { bytes }) => sum + bytes, 0)
  const readPieces = async (pieces: readonly Piece[]) =>
    Buffer.concat(await Promise.all(pieces.map((piece) => readPiece(s3, piece))))

  const begin = async () => {
    if (layout.uploadId !== null) return layout.uploadId
    const generation = createGeneration()
    const metadata = { [GENERATION]: generation.generation }
    const uploadId = await s3.multipart.create(keyOf(spec.name), spec.contentType, metadata)
    layout = { ...layout, uploadId, generation }
    return uploadId
  }

  const storePart = async (partBytes: number) => {
    const uploadId = await begin()
    const number = layout.nextNumber
    if (number > MAX_NUMBER) throw new Error(`a multipart upload has at most ${MAX_NUMBER} parts`)
    const { taken, rest } = splitPieces(layout.pieces, partBytes)
    const ofPieces = await readPieces(taken)
    const ofMemory = memory.first(partBytes - ofPieces.length)
    const body = ofPieces.length === 0 ? ofMemory : Buffer.concat([ofPieces, ofMemory])
    const part = await s3.multipart.putPart(keyOf(spec.name), uploadId, number, body)
    memory.drop(ofMemory.length)
    const checksums = checksumsAfter(layout.checksums, ofMemory)
    layout = { ...layout, parts: [...layout.parts, part], pieces: rest, checksums, nextNumber: number + 1 }
  }

  const storePiece = async (bytes: number) => {
    const added = memory.first(bytes)
    const merged: Piece[] = []
    let size = bytes
    // Each byte is stored again only when its piece at least doubles.
    for (const piece of layout.pieces.toReversed()) {
      if (piece.bytes > size) break
      merged.unshift(piece)
      size += piece.bytes
    }
    const body = merged.length === 0 ? added : Buffer.concat([await readPieces(merged), added])
    const key = pieceKey(spec.name, writerId, createdKeys.length)
    createdKeys.push(key)
    await s3.bucket.put(key, body)
    memory.drop(bytes)
    const kept = layout.pieces.slice(0, layout.pieces.length - merged.length)
    const pieces = [...kept, { key, start: 0, bytes: size }]
    layout = { ...layout, pieces, checksums: checksumsAfter(layout.checksums, added) }
  }

  return {
    layout: () => layout,
    heldBytes: memory.bytes,
    tailBytes: () => piecesBytes() + memory.bytes(),
    push: memory.push,
    storePart,
    storePiece,
    restore: (earlier) => {
      discard()
      const { uploadId, generation, nextNumber } = layout
      // A part that was stored again would replace the other one, which is needed where all parts have to be joined.
      layout = {
        ...earlier,
        uploadId,
        generation,
        nextNumber: joinsSomeParts ? nextNumber : earlier.nextNumber,
      }
    },
    checksums: () => checksumsAfter(layout.checksums, memory.first(memory.bytes())),
    readTail: async () => {
      const ofPieces = piecesBytes() === 0 ? Buffer.alloc(0) : await readPieces(layout.pieces)
      return Buffer.concat([ofPieces, memory.first(memory.bytes())])
    },
    discard,
    createdKeys: () => createdKeys,
  }
}

export function checksumsAfter(checksums: Checksums, bytes: Buffer): Checksums {
  const running = createRunningChecksums(checksums)
  running.update(bytes)
  return running.snapshot()
}

/** Divides the pieces after the first bytes. */
function splitPieces(pieces: readonly Piece[], bytes: number): { taken: Piece[]; rest: Piece[] } {
  const taken: Piece[] = []
  const rest: Piece[] = []
  let missing = bytes
  for (const piece of pieces) {
    const first = Math.min(piece.bytes, missing)
    missing -= first
    if (first > 0) taken.push({ ...piece, bytes: first })
    if (first < piece.bytes) rest.push({ ...piece, start: piece.start + first, bytes: piece.bytes - first })
  }
  return { taken, rest }
}

async function readPiece({ bucket }: S3, { key, start, bytes }: Piece): Promise<Buffer> {
  const found = await bucket.get(key, { start, end: start + bytes - 1 })
  // A newer writer has stored these bytes elsewhere, or the upload was cancelled.
  if (found === null || found.bytes.length !== bytes) throw fenced()
  return found.bytes
}
