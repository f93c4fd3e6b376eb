import { ServiceError } from '../../domain/errors.ts'
import type { ObjectMetadata } from '../stored-object.ts'
import { syncDirectory } from './directories.ts'
import type { FileSystem, OpenFile } from './file-system.ts'
import {
  checksumTableBytes,
  type ObjectDescription,
  parseDescription,
  parseTrailer,
  TRAILER_BYTES,
  verifyFooter,
} from './object-format.ts'
import type { ObjectPaths } from './object-paths.ts'
import { openUnlessMissing } from './open-unless-missing.ts'
import { segmentIdsOf } from './part-file.ts'

export interface OpenObject {
  readonly file: OpenFile
  /** Number of names of the file. */
  readonly names: number
  readonly metadata: ObjectMetadata
  readonly description: ObjectDescription
  /** CRC-32C of each block, 32 bits little-endian. */
  readonly checksumTable: Buffer
  close(): Promise<void>
}

/** Bytes of the first read: enough for the footer of an object of a few GiB, so most objects open with one read. */
const FIRST_READ_BYTES = 16 * 1024

/**
 * Opens the object and verifies its footer; returns null when there is no such object. Makes the name of the object
 * durable if it may not be. Throws OBJECT_DAMAGED when the footer is damaged.
 */
export async function openObject(fs: FileSystem, paths: ObjectPaths): Promise<OpenObject | null> {
  const object = await openObjectFile(fs, paths.object)
  try {
    // A second name is the segment of an upload that has not ended: the name of the object may not be durable yet.
    if (object !== null && object.names > 1) await syncDirectory(fs, paths.directory)
    return object
  } catch (error) {
    await object?.close()
    throw error
  }
}

/**
 * Opens a file that has the format of an object and verifies its footer; returns null when it is missing. Throws
 * OBJECT_DAMAGED when the footer is damaged.
 */
export async function openObjectFile(fs: FileSystem, path: string): Promise<OpenObject | null> {
  const file = await openUnlessMissing(fs, path, 'read')
  if (file === null) return null
  try {
    const { size, nlink } = await file.stat()
    const end = await readAt(file, Math.max(0, size - FIRST_READ_BYTES), Math.min(size, FIRST_READ_BYTES))
    const trailer = parseTrailer(end.subarray(-TRAILER_BYTES))
    const descriptionStart = size - TRAILER_BYTES - trailer.descriptionBytes
    assertWithin(descriptionStart, size)
    const descriptionBytes =
      trailer.descriptionBytes <= end.length - TRAILER_BYTES
        ? end.subarray(-TRAILER_BYTES - trailer.descriptionBytes, -TRAILER_BYTES)
        : await readAt(file, descriptionStart, trailer.descriptionBytes)
    const description = parseDescription(descriptionBytes)
    const tableBytes = checksumTableBytes(description)
    const tableStart = descriptionStart - tableBytes
    assertWithin(tableStart, descriptionStart)
    const endStart = size - end.length
    const checksumTable =
      tableStart >= endStart
        ? end.subarray(tableStart - endStart, descriptionStart - endStart)
        : await readAt(file, tableStart, tableBytes)
    verifyFooter(checksumTable, descriptionBytes, trailer)
    return {
      file,
      names: nlink,
      metadata: description.metadata,
      description,
      checksumTable,
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Throws OBJECT_DAMAGED unless 0 ≤ start ≤ end: a damaged length must not cause a read of unlimited size. */
function assertWithin(start: number, end: number): void {
  if (!(start >= 0 && start <= end))
    throw new ServiceError('OBJECT_DAMAGED', 'the lengths in the object file are damaged')
}

async function readAt(file: OpenFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, position)
  if (bytesRead !== length)
    throw new ServiceError('OBJECT_DAMAGED', 'the object file is shorter than its footer states')
  return bytes
}

/** Returns the description in the footer of the object; null when there is no such object. Throws as `openObject`. */
export async function describeObject(fs: FileSystem, paths: ObjectPaths): Promise<ObjectDescription | null> {
  const object = await openObject(fs, paths)
  await object?.close()
  return object?.description ?? null
}

/** Returns the ids of the segments that the object needs besides its own file. */
export function neededSegments(description: ObjectDescription | null): ReadonlySet<string> {
  if (description === null) return new Set()
  if (!('files' in description)) return new Set(description.earlierSegments.map(({ writerId }) => writerId))
  return new Set(segmentIdsOf(description.files))
}
