import { type HashAlgorithm, mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import { type AnnouncedHashes, hashAlgorithmsOf } from '../../domain/uploads/upload-session.ts'
import { crc32cToBase64 } from '../../platform/crc32c.ts'
import { BLOCK_BYTES, type Checksums, combinedCrc32c } from '../block-checksums.ts'
import { findMismatch } from '../find-mismatch.ts'
import type { Finalized } from '../hosted-uploads.ts'
import { createRunningDigests, type Digests, type RunningDigests } from '../running-digests.ts'
import type { UploadSpec } from '../stored-object.ts'
import { describeBlocks } from './describe-blocks.ts'
import { syncDirectory } from './directories.ts'
import { hasErrno } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import type { LogFile } from './log-file.ts'
import type { ObjectDescription } from './object-format.ts'
import type { ObjectPaths } from './object-paths.ts'
import { describeObject, neededSegments } from './open-object.ts'
import type { SegmentFile } from './segment-file.ts'
import { type Segment, segmentIds, type UploadState } from './upload-log.ts'

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
 * Creates the object from the bytes of the upload: compares them with the announced hashes, appends the footer to the
 * last segment, syncs it, links it under the name of the object and syncs the directory. `link` fails when the name
 * exists: if two writers finalize, the first one creates the object, and both return it.
 */
export async function finalizeObject(
  { fs, writerId, spec, paths, log, segment, checksums, digests }: FinalizeParts,
  expected: AnnouncedHashes,
  assertOwner: () => Promise<void>,
): Promise<Finalized> {
  // A claim after this entry keeps the bytes of this segment. A claim before it makes `assertOwner` throw.
  if (log.isCreated()) await log.append({ finalizing: writerId, segment: segment.id })
  await assertOwner()
  const crc32c = crc32cToBase64(combinedCrc32c(checksums))
  const damage = findMismatch(expected, { crc32c })
  if (damage) return damage
  const segments = segment.segmentsUpTo(checksums.offset)
  const algorithms = mergeAlgorithms(spec.checksums ?? [], hashAlgorithmsOf(expected))
  const computed = await completeDigests(fs, paths, segments, algorithms, digests)
  const mismatch = findMismatch(expected, computed)
  if (mismatch) return mismatch

  const { description, footer } = describeBlocks(
    { spec, checksums, crc32c, digests: computed },
    { earlierSegments: segment.earlierSegments, lastSegmentBytes: segments.at(-1)?.bytes ?? 0 },
  )
  await segment.writeFooter(footer, checksums.offset)
  await segment.sync()
  const published = await linkObject(fs, segment.path, paths, description)
  // Keep the segments of the published object: another writer may have created it from other segments.
  await removeUpload(fs, paths, await log.read(), neededSegments(published))
  return { kind: 'object', object: published.metadata, isOwn: published === description }
}

/** Links the segment as the object. Returns the published object: this one, or one that another writer created first. */
export async function linkObject(
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

/** Removes the log and every segment that no object needs. A crash in between leaves only orphans. */
export async function removeUpload(
  fs: FileSystem,
  paths: ObjectPaths,
  state: UploadState,
  needed: ReadonlySet<string>,
): Promise<void> {
  for (const writerId of segmentIds(state)) {
    if (!needed.has(writerId)) await fs.remove(paths.segment(writerId))
  }
  await fs.remove(paths.log)
}

/** Returns the digests computed during the upload, and computes missing ones with a second read. */
async function completeDigests(
  fs: FileSystem,
  paths: ObjectPaths,
  segments: readonly Segment[],
  algorithms: readonly HashAlgorithm[],
  running: RunningDigests | null,
): Promise<Digests> {
  const known = running?.current() ?? {}
  const missing = algorithms.filter((algorithm) => known[algorithm] === undefined)
  if (missing.length === 0) return known
  const reread = createRunningDigests(missing)
  for (const { writerId, bytes } of segments) {
    if (bytes > 0) await readSegment(fs, paths.segment(writerId), bytes, reread.update)
  }
  return { ...reread.current(), ...known }
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
