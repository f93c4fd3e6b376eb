import {
  type ChecksumAlgorithm,
  mergeAlgorithms,
  NO_CHECKSUMS,
  type ObjectChecksums,
} from '../../domain/uploads/checksums.ts'
import type { AnnouncedHashes } from '../../domain/uploads/upload-session.ts'
import { crc32cToBase64 } from '../../platform/crc32c.ts'
import { allBlocks, BLOCK_BYTES, type Checksums, wholeCrc32c } from '../block-checksums.ts'
import { createGeneration } from '../generation.ts'
import type { Finalized } from '../hosted-uploads.ts'
import { createRunningDigests, type RunningDigests } from '../running-digests.ts'
import type { ObjectMetadata, UploadSpec } from '../stored-object.ts'
import { describeObject, neededSegments } from './describe-object.ts'
import { syncDirectory } from './directories.ts'
import { hasErrno } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import type { LogFile } from './log-file.ts'
import { formatFooter, type ObjectDescription } from './object-format.ts'
import type { ObjectPaths } from './object-paths.ts'
import type { SegmentFile } from './segment-file.ts'
import type { Segment, UploadState } from './upload-log.ts'

export interface FinalizeParts {
  readonly fs: FileSystem
  readonly writerId: string
  readonly spec: UploadSpec
  readonly paths: ObjectPaths
  readonly log: LogFile
  readonly segment: SegmentFile
  readonly checksums: Checksums
  /** Digests of all bytes; null when this process has not received all of them. */
  readonly digests: RunningDigests | null
}

/**
 * Makes the object of the upload's bytes: checks them against what was announced, puts the footer behind the
 * last segment, syncs it, gives it the object's name and syncs the folder. The name is given with `link`, which
 * fails where it exists: of two writers that finalize, the first one's object stands and both answer with it.
 */
export async function finalizeObject(
  { fs, writerId, spec, paths, log, segment, checksums, digests }: FinalizeParts,
  expected: AnnouncedHashes,
  assertOwner: () => Promise<void>,
): Promise<Finalized> {
  // A later claim keeps this segment's bytes; an earlier one prevents this writer from creating the object.
  if (log.isMade()) await log.append({ finalizing: writerId, segment: segment.id })
  await assertOwner()
  const crc32c = crc32cToBase64(wholeCrc32c(checksums))
  if (expected.crc32c !== null && expected.crc32c !== crc32c) {
    return { kind: 'mismatch', algorithm: 'crc32c', expected: expected.crc32c, actual: crc32c }
  }
  const segments = segment.segmentsUpTo(checksums.offset)
  const algorithms = mergeAlgorithms(spec.checksums ?? [], expected.md5 === null ? [] : ['md5'])
  const { md5, sha256 } = await completeDigests(fs, paths, segments, algorithms, digests)
  if (expected.md5 !== null && md5 !== null && expected.md5 !== md5) {
    return { kind: 'mismatch', algorithm: 'md5', expected: expected.md5, actual: md5 }
  }

  const { generation, createdAtMs } = createGeneration()
  const metadata: ObjectMetadata = {
    name: spec.name,
    sizeBytes: checksums.offset,
    contentType: spec.contentType,
    crc32c,
    md5,
    sha256,
    generation,
    createdAtMs,
  }
  const blocks = allBlocks(checksums)
  const description: ObjectDescription = {
    metadata,
    earlierSegments: segment.earlierSegments,
    lastSegmentBytes: segments.at(-1)?.bytes ?? 0,
    blockBytes: BLOCK_BYTES,
    blockCount: blocks.length,
  }
  await segment.writeFooter(formatFooter(description, blocks), checksums.offset)
  await segment.sync()
  const standing = await nameObject(fs, segment.path, paths, description)
  // The object that stands decides, not this writer: a newer one may have made it, of segments begun since.
  await removeUpload(fs, paths, await log.read(), neededSegments(standing))
  return { kind: 'object', object: standing.metadata }
}

/** The object that stands under the name afterwards: this one, or the one that another writer made first. */
async function nameObject(
  fs: FileSystem,
  segmentPath: string,
  paths: ObjectPaths,
  description: ObjectDescription,
): Promise<ObjectDescription> {
  try {
    await fs.link(segmentPath, paths.object)
  } catch (error) {
    if (!hasErrno(error, 'EEXIST') && !hasErrno(error, 'ENOENT')) throw error
    const first = await describeObject(fs, paths)
    if (first === null) throw error
    return first
  }
  await syncDirectory(fs, paths.directory)
  return description
}

/** Removes the log and every segment that no object needs. A crash before the end leaves only rubbish. */
export async function removeUpload(
  fs: FileSystem,
  paths: ObjectPaths,
  state: UploadState,
  needed: ReadonlySet<string>,
): Promise<void> {
  for (const writerId of state.writerIds) {
    if (!needed.has(writerId)) await fs.remove(paths.segment(writerId))
  }
  await fs.remove(paths.log)
}

/** Returns the digests computed during the upload, and computes missing ones with a second read. */
async function completeDigests(
  fs: FileSystem,
  paths: ObjectPaths,
  segments: readonly Segment[],
  algorithms: readonly ChecksumAlgorithm[],
  running: RunningDigests | null,
): Promise<ObjectChecksums> {
  const known = running?.current() ?? NO_CHECKSUMS
  const missing = algorithms.filter((algorithm) => known[algorithm] === null)
  if (missing.length === 0) return known
  const reread = createRunningDigests(missing)
  for (const { writerId, bytes } of segments) {
    if (bytes > 0) await readSegment(fs, paths.segment(writerId), bytes, reread.update)
  }
  const { md5, sha256 } = reread.current()
  return { md5: known.md5 ?? md5, sha256: known.sha256 ?? sha256 }
}

/** Streams the first `bytes` bytes of a segment. */
async function readSegment(
  fs: FileSystem,
  path: string,
  bytes: number,
  onBytes: (piece: Uint8Array) => void,
): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  const file = await fs.open(path, 'read')
  try {
    for (let position = 0; position < bytes; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, bytes - position), position)
      if (bytesRead === 0) throw new Error('a segment is shorter than its log says')
      onBytes(buffer.subarray(0, bytesRead))
      position += bytesRead
    }
  } finally {
    await file.close()
  }
}
