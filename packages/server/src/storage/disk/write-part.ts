import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import { hashAlgorithmsOf, NO_HASHES } from '../../domain/uploads/upload-session.ts'
import { crc32cToBase64 } from '../../platform/crc32c.ts'
import { type Checksums, combinedCrc32c, createRunningChecksums, NO_BYTES } from '../block-checksums.ts'
import type { BufferPool } from '../buffer-pool.ts'
import { findMismatch } from '../find-mismatch.ts'
import { type PartAttempt, throwIfStopping } from '../part-attempts.ts'
import type { PartLimits, PartSpec, PartWritten } from '../part-uploads.ts'
import { createRunningDigests, type Digests } from '../running-digests.ts'
import type { BodyBudget } from '../write-batches.ts'
import { appendBody } from './append-body.ts'
import { createBackgroundWork } from './background-work.ts'
import { beginAttempt } from './begin-attempt.ts'
import { describeBlocks } from './describe-blocks.ts'
import { discardFiles } from './discard-files.ts'
import type { FileSystem } from './file-system.ts'
import type { LogFile, OpenLog } from './log-file.ts'
import type { ObjectPaths } from './object-paths.ts'
import { canBeStored } from './part-entries.ts'
import { publishPart } from './publish-part.ts'
import { openSegmentFile, type SegmentFile } from './segment-file.ts'
import { NO_UPLOAD } from './upload-log.ts'
import { createWriterId } from './writer-id.ts'

export interface PartTarget {
  readonly fs: FileSystem
  readonly openLog: OpenLog
  readonly paths: ObjectPaths
  readonly spec: PartSpec
  readonly budget: BodyBudget
  readonly pool: BufferPool
  readonly attempt: PartAttempt
}

/** Stores the body as a part, in a segment file of its own. */
export async function writePart(
  target: PartTarget,
  body: Readable,
  limits: PartLimits,
): Promise<PartWritten> {
  const { fs, openLog, paths, spec } = target
  // Without a listener, an error before the first read would terminate the process. The read reports the error later.
  body.on('error', () => {})
  const writerId = createWriterId()
  const log = await beginAttempt(fs, openLog, paths, spec, [writerId])
  if (log === null) return { kind: 'closed' }
  try {
    const received = await receivePart(target, log, writerId, body, limits)
    if ('kind' in received) return received
    const { sizeBytes, crc32c, digests } = received
    const files = [{ writerId, bytes: sizeBytes, crc32c }]
    const note = limits.note?.() ?? null
    const noted = note === null ? {} : { note }
    const facts = { partId: spec.partId, files, digests, atMs: Date.now(), ...noted }
    // From now on the log may count the file, so that only the end of the upload may remove it.
    return await publishPart(fs, paths, log, writerId, facts, limits.accepts)
  } finally {
    await log.close()
  }
}

interface ReceivedPart {
  readonly sizeBytes: number
  readonly crc32c: number
  readonly digests: Digests
}

/** Receives the body into a new segment file, durable when this resolves with a part; otherwise removes the file. */
async function receivePart(
  { fs, paths, spec, budget, pool, attempt }: PartTarget,
  log: LogFile,
  writerId: string,
  body: Readable,
  limits: PartLimits,
): Promise<ReceivedPart | Exclude<PartWritten, { kind: 'part' }>> {
  const segment = await openSegmentFile(fs, paths, NO_UPLOAD, writerId)
  const background = createBackgroundWork()
  const { expected = NO_HASHES } = limits
  const checksums = createRunningChecksums(NO_BYTES)
  const digests = createRunningDigests(mergeAlgorithms(spec.checksums ?? [], hashAlgorithmsOf(expected)))
  const assertOwner = () => assertCanBeStored(log, writerId)
  let isReceived = false
  try {
    const { ended } = await appendBody(body, { ...limits, skipBytes: 0 }, 0, {
      fs,
      directory: paths.directory,
      segment,
      budget,
      pool,
      lock: attempt,
      checksums,
      digests,
      background,
      assertOwner,
    })
    throwIfStopping(attempt.takeOver)
    if (ended === 'taken-over') return { kind: 'closed' }
    if (ended !== 'complete') return { kind: ended }
    await background.finish()
    const all = checksums.snapshot()
    const crc32c = combinedCrc32c(all)
    const computed = { crc32c: crc32cToBase64(crc32c), ...digests.current() }
    const mismatch = findMismatch(expected, computed)
    if (mismatch) return mismatch
    await writePartFooter(segment, spec, all, computed.crc32c, digests.current())
    isReceived = true
    return { sizeBytes: all.offset, crc32c, digests: digests.current() }
  } finally {
    await background.settled()
    await segment.close()
    if (!isReceived) await discardFiles(fs, paths, log, [writerId])
  }
}

async function assertCanBeStored(log: LogFile, writerId: string): Promise<void> {
  const { parts } = await log.read()
  if (parts === null || !canBeStored(parts, writerId)) {
    throw new ServiceError('UPLOAD_FENCED', 'the upload takes no parts any more')
  }
}

/** Makes the segment a file of the format of an object, and durable. */
async function writePartFooter(
  segment: SegmentFile,
  { name }: PartSpec,
  checksums: Checksums,
  crc32c: string,
  digests: Digests,
): Promise<void> {
  const spec = { name, contentType: 'application/octet-stream' }
  const { footer } = describeBlocks(
    { spec, checksums, crc32c, digests },
    { earlierSegments: [], lastSegmentBytes: checksums.offset },
  )
  await segment.writeFooter(footer, checksums.offset)
  await segment.sync()
}
