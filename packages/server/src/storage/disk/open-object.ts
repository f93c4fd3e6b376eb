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

export interface OpenObject {
  readonly file: OpenFile
  readonly metadata: ObjectMetadata
  readonly description: ObjectDescription
  /** CRC-32C of each block, 32 bits little-endian. */
  readonly checksumTable: Buffer
  /** Opens another file that holds a part of the object; the caller closes it. */
  openSegment(path: string): Promise<OpenFile>
  close(): Promise<void>
}

/** Enough for the footer of an object of a few GiB, so that most objects open with one read. */
const FIRST_READ_BYTES = 16 * 1024

/** Opens the object and checks its footer; null when there is no such object. */
export async function openObject(fs: FileSystem, paths: ObjectPaths): Promise<OpenObject | null> {
  const file = await openUnlessMissing(fs, paths.object, 'read')
  if (file === null) return null
  try {
    const { size, nlink } = await file.stat()
    // Between the object's name and the end of its upload the file has two; the new one may not be durable yet.
    if (nlink > 1) await syncDirectory(fs, paths.directory)
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
      metadata: description.metadata,
      description,
      checksumTable,
      openSegment: (path) => fs.open(path, 'read'),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** A damaged length must not have more read, or memory taken, than there is. */
function assertWithin(start: number, end: number): void {
  if (!(start >= 0 && start <= end))
    throw new ServiceError('OBJECT_DAMAGED', 'the object’s lengths are damaged')
}

async function readAt(file: OpenFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, position)
  if (bytesRead !== length)
    throw new ServiceError('OBJECT_DAMAGED', 'the object file is shorter than it says')
  return bytes
}
