import { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { crc32c, crc32cToBase64 } from '../../platform/crc32c.ts'
import { BLOCK_BYTES } from '../block-checksums.ts'
import type { ByteRange } from '../stored-object.ts'
import { toStorageError } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import { type BlocksDescription, blockChecksum } from './object-format.ts'
import type { ObjectPaths } from './object-paths.ts'
import { type OpenObject, openObject, openObjectFile } from './open-object.ts'
import type { PartFile } from './part-file.ts'

/**
 * Streams the bytes of a range, or of the complete object. Verifies each block before it delivers a byte of it; a
 * damaged block ends the stream with OBJECT_DAMAGED.
 */
export async function readObject(fs: FileSystem, paths: ObjectPaths, range?: ByteRange): Promise<Readable> {
  const object = await openObject(fs, paths)
  if (object === null) throw new ServiceError('STORAGE_UNAVAILABLE', 'there is no such object')
  const { description } = object
  const { sizeBytes } = object.metadata
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 }
  const last = Math.min(end, sizeBytes - 1)
  const bytes =
    'files' in description
      ? partsBytes(fs, paths, description.files, { start, end: last })
      : blocksBytes(fs, paths, { ...object, description }, { start, end: last })
  return new Readable({
    // Read one block while another one is sent.
    highWaterMark: 2 * BLOCK_BYTES,
    read() {
      bytes.next().then(
        ({ value }) => this.push(value ?? null),
        (error) => this.destroy(toStorageError(error)),
      )
    },
    // A `finally` in the generator would not close the file of a stream that is destroyed before its first read.
    destroy(error, destroyed) {
      Promise.allSettled([bytes.return(undefined), object.close()]).then(() => destroyed(error))
    },
  })
}

/**
 * Returns the bytes of a range of parts, verified as those of an object. Has one part open at a time. `end` is
 * inclusive; a range that ends before it starts is empty.
 */
export async function* partsBytes(
  fs: FileSystem,
  paths: ObjectPaths,
  files: readonly PartFile[],
  { start, end }: ByteRange,
): AsyncGenerator<Buffer, undefined> {
  let partStart = 0
  for (const part of files) {
    const range = { start: Math.max(0, start - partStart), end: Math.min(part.bytes - 1, end - partStart) }
    partStart += part.bytes
    if (range.start > range.end) continue
    const opened = await openPart(fs, paths, part)
    try {
      yield* blocksBytes(fs, paths, opened, range)
    } finally {
      await opened.close()
    }
  }
}

interface OpenBlocks extends Omit<OpenObject, 'description'> {
  readonly description: BlocksDescription
}

async function openPart(fs: FileSystem, paths: ObjectPaths, part: PartFile): Promise<OpenBlocks> {
  const opened = await openObjectFile(fs, paths.segment(part.writerId))
  if (opened === null) {
    // The object may have been removed while it is read.
    await fs.stat(paths.object)
    throw new ServiceError('OBJECT_DAMAGED', 'a part of the object is missing')
  }
  const { description, metadata } = opened
  const isThisPart = metadata.sizeBytes === part.bytes && metadata.crc32c === crc32cToBase64(part.crc32c)
  if (isThisPart && !('files' in description)) {
    const { segments = [] } = part
    const earlierSegments = description.earlierSegments.map(({ writerId, bytes }, index) => ({
      writerId: segments[index] ?? writerId,
      bytes,
    }))
    return { ...opened, description: { ...description, earlierSegments } }
  }
  await opened.close()
  throw new ServiceError('OBJECT_DAMAGED', 'a part of the object is another one')
}

async function* blocksBytes(
  fs: FileSystem,
  paths: ObjectPaths,
  object: OpenBlocks,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer, undefined> {
  const { blockBytes } = object.description
  for (let index = Math.floor(start / blockBytes); index * blockBytes <= end; index++) {
    const block = await readBlock(fs, paths, object, index)
    if (crc32c(block) !== blockChecksum(object.checksumTable, index)) {
      throw new ServiceError('OBJECT_DAMAGED', `block ${index} of the object is damaged`)
    }
    const blockStart = index * blockBytes
    yield block.subarray(Math.max(0, start - blockStart), Math.min(blockBytes, end + 1 - blockStart))
  }
}

/** Reads one block from the segments that contain it. */
async function readBlock(
  fs: FileSystem,
  paths: ObjectPaths,
  object: OpenBlocks,
  index: number,
): Promise<Buffer> {
  const { blockBytes, earlierSegments, lastSegmentBytes } = object.description
  const start = index * blockBytes
  const block = Buffer.allocUnsafeSlow(Math.min(blockBytes, object.metadata.sizeBytes - start))
  const segments = [
    ...earlierSegments.map(({ writerId, bytes }) => ({ path: paths.segment(writerId), bytes })),
    { path: null, bytes: lastSegmentBytes },
  ]
  let segmentStart = 0
  for (const { path, bytes } of segments) {
    const from = Math.max(start, segmentStart)
    const to = Math.min(start + block.length, segmentStart + bytes)
    const into = block.subarray(from - start, Math.max(from, to) - start)
    if (from < to) await readSegment(fs, object, path, into, from - segmentStart)
    segmentStart += bytes
  }
  return block
}

async function readSegment(
  fs: FileSystem,
  object: OpenBlocks,
  path: string | null,
  into: Buffer,
  position: number,
): Promise<void> {
  const file = path === null ? object.file : await fs.open(path, 'read')
  try {
    const { bytesRead } = await file.read(into, 0, into.length, position)
    if (bytesRead !== into.length)
      throw new ServiceError('OBJECT_DAMAGED', 'a segment of the object is too short')
  } finally {
    if (path !== null) await file.close()
  }
}
