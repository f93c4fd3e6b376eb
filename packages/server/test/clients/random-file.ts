import { createCipheriv, createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export const KIB = 1024
export const MIB = 1024 * KIB

const PIECE_BYTES = 256 * KIB

export interface RandomFile {
  readonly path: string
  readonly sizeBytes: number
  readonly sha256: string
  /** Reads the bytes from `start` to before `end`; to the end of the file when it is absent. */
  read(start?: number, end?: number): Readable
}

/** Creates a temporary folder; `remove` deletes it. */
export async function createScratchFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'waybill-client-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/** Writes a file of pseudo-random bytes. Equal seeds give equal bytes. */
export async function createRandomFile(folder: string, seed: string, sizeBytes: number): Promise<RandomFile> {
  const path = join(folder, `${seed}.bin`)
  const hash = createHash('sha256')
  await pipeline(Readable.from(observed(randomPieces(seed, sizeBytes), hash)), createWriteStream(path))
  const sha256 = hash.digest('hex')
  const read = (start = 0, end = sizeBytes) =>
    // createReadStream throws for an empty range.
    end <= start ? Readable.from([]) : createReadStream(path, { start, end: end - 1 })
  return { path, sizeBytes, sha256, read }
}

/** Yields a key stream over zeros: fast pseudo-random bytes. Equal seeds give equal bytes. */
export function* randomPieces(seed: string, sizeBytes: number): Generator<Buffer> {
  const key = createHash('sha256').update(seed).digest()
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  const zeros = Buffer.alloc(PIECE_BYTES)
  for (let left = sizeBytes; left > 0; left -= PIECE_BYTES) {
    yield cipher.update(zeros.subarray(0, Math.min(left, PIECE_BYTES)))
  }
}

/** Yields the pieces, and adds each to the hash. */
export function* observed(pieces: Iterable<Buffer>, hash: Hash): Generator<Buffer> {
  for (const piece of pieces) {
    hash.update(piece)
    yield piece
  }
}

export async function sha256Of(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of stream) hash.update(piece)
  return hash.digest('hex')
}
