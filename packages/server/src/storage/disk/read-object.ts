import { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { crc32c } from '../../platform/crc32c.ts'
import type { ByteRange } from '../stored-object.ts'
import { toStorageError } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import { blockChecksum } from './object-format.ts'
import type { ObjectPaths } from './object-paths.ts'
import { type OpenObject, openObject } from './open-object.ts'

/**
 * The bytes of a range, or of the whole object. Every block is checked before any of its bytes leave; one that
 * is not what was stored ends the stream with an error.
 */
export async function readObject(fs: FileSystem, paths: ObjectPaths, range?: ByteRange): Promise<Readable> {
  const object = await openObject(fs, paths)
  if (object === null) throw new ServiceError('STORAGE_UNAVAILABLE', 'there is no such object')
  const { sizeBytes } = object.metadata
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 }
  const bytes = checkedBytes(paths, object, start, Math.min(end, sizeBytes - 1))
  return new Readable({
    // One block is read while another is sent.
    highWaterMark: 2 * object.description.blockBytes,
    read() {
      bytes.next().then(
        ({ value }) => this.push(value ?? null),
        (error) => this.destroy(toStorageError(error)),
      )
    },
    // Also where nobody has read anything: a generator that was never begun would not close its file.
    destroy(error, destroyed) {
      object.close().then(
        () => destroyed(error),
        () => destroyed(error),
      )
    },
  })
}

async function* checkedBytes(
  paths: ObjectPaths,
  object: OpenObject,
  start: number,
  end: number,
): AsyncGenerator<Buffer, undefined> {
  const { blockBytes } = object.description
  for (let index = Math.floor(start / blockBytes); index * blockBytes <= end; index++) {
    const block = await readBlock(paths, object, index)
    if (crc32c(block) !== blockChecksum(object.checksumTable, index)) {
      throw new ServiceError('OBJECT_DAMAGED', `block ${index} of the object is damaged`)
    }
    const blockStart = index * blockBytes
    yield block.subarray(Math.max(0, start - blockStart), Math.min(blockBytes, end + 1 - blockStart))
  }
}

/** One block, put together from the segments that it lies in. */
async function readBlock(paths: ObjectPaths, object: OpenObject, index: number): Promise<Buffer> {
  const { blockBytes, earlierSegments, lastSegmentBytes } = object.description
  const start = index * blockBytes
  const block = Buffer.allocUnsafeSlow(Math.min(blockBytes, object.metadata.sizeBytes - start))
  const parts = [
    ...earlierSegments.map(({ writerId, bytes }) => ({ path: paths.segment(writerId), bytes })),
    { path: null, bytes: lastSegmentBytes },
  ]
  let partStart = 0
  for (const { path, bytes } of parts) {
    const from = Math.max(start, partStart)
    const to = Math.min(start + block.length, partStart + bytes)
    if (from < to) await readPart(object, path, block.subarray(from - start, to - start), from - partStart)
    partStart += bytes
  }
  return block
}

async function readPart(
  object: OpenObject,
  path: string | null,
  into: Buffer,
  position: number,
): Promise<void> {
  const file = path === null ? object.file : await object.openSegment(path)
  try {
    const { bytesRead } = await file.read(into, 0, into.length, position)
    if (bytesRead !== into.length)
      throw new ServiceError('OBJECT_DAMAGED', 'a segment of the object is too short')
  } finally {
    if (path !== null) await file.close()
  }
}
