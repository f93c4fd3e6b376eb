import { crc32c } from '../../platform/crc32c.ts'
import { BLOCK_BYTES, type Checksums } from '../block-checksums.ts'
import type { FileSystem, OpenFile } from './file-system.ts'
import type { ObjectPaths } from './object-paths.ts'
import type { Segment, UploadState } from './upload-log.ts'
import { writeFully } from './write-fully.ts'

/** File that one writer appends to. All offsets are counted from the start of the upload, not of the segment. */
export interface SegmentFile {
  /** Id of the writer that created the segment. */
  readonly id: string
  readonly path: string
  readonly earlierSegments: readonly Segment[]
  /** Returns the segments that contain the first `offset` bytes of the upload. */
  segmentsUpTo(offset: number): Segment[]
  /** Returns the number of bytes that `sync` has to write. */
  write(buffers: readonly Buffer[], offset: number): Promise<number>
  /** Writes `footer` after the first `offset` bytes of the upload, and removes all bytes after it. */
  writeFooter(footer: Buffer, offset: number): Promise<void>
  /** Returns the checksums of the first `offset` bytes. `start` and `all` are those at the claim and of all bytes. */
  checksumsAt(offset: number, start: Checksums, all: Checksums): Promise<Checksums>
  /** Removes all bytes after the first `offset` bytes of the upload, and frees their space. */
  truncate(offset: number): Promise<void>
  sync(): Promise<void>
  /** Returns false when an object has been linked to this file. */
  isOnlyName(): Promise<boolean>
  close(): Promise<void>
}

/**
 * Opens the last segment of the upload if its writer has released it. Otherwise creates a new segment: a writer that is
 * still running in another process can then write only to bytes that do not count.
 */
export async function openSegmentFile(
  fs: FileSystem,
  paths: ObjectPaths,
  state: UploadState,
  writerId: string,
): Promise<SegmentFile> {
  const last = state.isContinuable ? state.segments.at(-1) : undefined
  const earlierSegments = (last ? state.segments.slice(0, -1) : state.segments).filter(
    ({ bytes }) => bytes > 0,
  )
  const segmentId = last?.writerId ?? writerId
  const firstOffset = state.checksums.offset - (last?.bytes ?? 0)
  const path = paths.segment(segmentId)
  const file = await fs.open(path, last ? 'write' : 'create')

  const checksumsAt = async (offset: number, start: Checksums, all: Checksums): Promise<Checksums> => {
    if (offset === all.offset) return all
    if (offset === start.offset) return start
    const blockCount = Math.floor(offset / BLOCK_BYTES)
    const from = Math.max(blockCount * BLOCK_BYTES, start.offset)
    const bytes = await readFully(file, offset - from, from - firstOffset)
    const crcBefore = from === start.offset ? start.tail : 0
    return { offset, blocks: all.blocks.slice(0, blockCount), tail: crc32c(bytes, crcBefore) }
  }

  return {
    id: segmentId,
    path,
    earlierSegments,
    segmentsUpTo: (offset) => [...earlierSegments, { writerId: segmentId, bytes: offset - firstOffset }],
    write: (buffers, offset) => writeFully(file, buffers, offset - firstOffset),
    writeFooter: async (footer, offset) => {
      await file.truncate(offset - firstOffset)
      await writeFully(file, [footer], offset - firstOffset)
    },
    checksumsAt,
    truncate: (offset) => file.truncate(offset - firstOffset),
    sync: () => file.datasync(),
    isOnlyName: async () => (await file.stat()).nlink === 1,
    close: () => file.close(),
  }
}

async function readFully(file: OpenFile, length: number, position: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, position)
  if (bytesRead !== length) throw new Error('the segment is shorter than its log states')
  return bytes
}
