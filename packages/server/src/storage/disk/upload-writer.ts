import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { type Checksums, createRunningChecksums, type RunningChecksums } from '../block-checksums.ts'
import type { BufferPool } from '../buffer-pool.ts'
import type { DigestCache } from '../digest-cache.ts'
import type { Appended, AppendLimits, UploadWriter } from '../hosted-uploads.ts'
import type { RunningDigests } from '../running-digests.ts'
import type { UploadSpec } from '../stored-object.ts'
import type { BodyBudget } from '../write-batches.ts'
import type { WriterLock } from '../writer-locks.ts'
import { appendBody } from './append-body.ts'
import { type BackgroundWork, createBackgroundWork } from './background-work.ts'
import { syncDirectory } from './directories.ts'
import { withStorageErrors } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import { finalizeObject } from './finalize-object.ts'
import type { LogFile } from './log-file.ts'
import type { ObjectPaths } from './object-paths.ts'
import type { SegmentFile } from './segment-file.ts'
import { progressEntry, type UploadState } from './upload-log.ts'

export interface WriterParts {
  readonly fs: FileSystem
  readonly writerId: string
  readonly spec: UploadSpec
  readonly paths: ObjectPaths
  readonly log: LogFile
  readonly segment: SegmentFile
  /** State of the upload at the claim. */
  readonly state: UploadState
  readonly lock: WriterLock
  readonly budget: BodyBudget
  readonly pool: BufferPool
  readonly publishEveryBytes: number
  readonly digestCache: DigestCache
}

/** Time after which bytes are published for a caller that wants to know the durable offset. */
const REPORT_EVERY_MS = 1000

/** Creates the writer for an upload that is claimed and whose segment is open. */
export function createUploadWriter(parts: WriterParts): UploadWriter {
  const { fs, spec, log, segment, state, lock, digestCache } = parts
  const start = state.checksums
  const checksums = createRunningChecksums(start)
  const digests = resumeDigests(parts)
  const publisher = createPublisher(parts)
  let isOver = false

  const end = async () => {
    if (isOver) return
    isOver = true
    await publisher.background.settled()
    // Without a log, nothing refers to the segment. If an object is linked to it, keep both names: they tell readers that
    // the name of the object may not be durable yet (see `openObject`).
    const isUnused = !log.isCreated() && (await segment.isOnlyName().catch(() => false))
    // Errors do not matter: acknowledged bytes are durable already, and the sweep removes files that are left.
    await Promise.allSettled([segment.close(), log.close()])
    if (isUnused) await fs.remove(segment.path).catch(() => {})
    lock.end()
  }

  /** Reports UPLOAD_FENCED instead of an error that it caused: a newer writer may have removed what this one reads. */
  const orFenced = async (error: unknown): Promise<never> => {
    const isExplained = error instanceof Error && 'code' in error
    if (!isExplained) await publisher.assertOwner()
    throw error
  }
  const endAfter = <T>(work: () => Promise<T>) => withStorageErrors(() => work().catch(orFenced).finally(end))

  return {
    startOffset: start.offset,
    append: (body, limits) =>
      withStorageErrors(() => append(parts, { checksums, digests, publisher }, body, limits)),
    commit: (offset) =>
      endAfter(async () => {
        await publisher.background.finish()
        const received = checksums.snapshot()
        const kept = await segment.checksumsAt(offset, start, received)
        await publisher.publish(kept, true)
        // The digests include all received bytes, and cannot be reverted to fewer.
        if (digests !== null && kept === received) digestCache.keep(spec.name, digests, kept)
      }),
    finalize: (expected) =>
      endAfter(async () => {
        // From now on `offset` waits for the object, also when no `append` came before.
        lock.settle()
        await publisher.background.finish()
        const all = { ...parts, checksums: checksums.snapshot(), digests }
        const finalized = await finalizeObject(all, expected, publisher.assertOwner)
        digestCache.forget(spec.name)
        return finalized
      }),
    release: async () => {
      if (isOver) return
      await publisher.background.settled()
      if (!log.isCreated()) return end()
      try {
        // On a full disk, truncating first frees space for the entry.
        await segment.truncate(publisher.publishedBytes())
        await log.append({ release: parts.writerId })
      } catch {
        // Without the entry, the next writer creates a new segment, which costs little.
      }
      await end()
    },
  }
}

interface WriterProgress {
  readonly checksums: RunningChecksums
  readonly digests: RunningDigests | null
  readonly publisher: Publisher
}

async function append(
  parts: WriterParts,
  { checksums, digests, publisher }: WriterProgress,
  body: Readable,
  limits: AppendLimits,
): Promise<Appended> {
  const { paths, state, lock } = parts
  const { assertOwner, background } = publisher
  const publicationAt = (offset: number) =>
    limits.isTentative ? null : publisher.publicationAt(offset, checksums, limits.onDurable)
  const target = { ...parts, directory: paths.directory, checksums, digests, background }
  const appended = await appendBody(body, limits, state.checksums.offset, {
    ...target,
    assertOwner,
    publicationAt,
  })
  lock.settle()
  return appended
}

/** Returns the digests to continue; null when none are requested or this process has no state for the earlier bytes. */
function resumeDigests({ spec, state, digestCache }: WriterParts): RunningDigests | null {
  const { name, checksums = [] } = spec
  return checksums.length === 0 ? null : digestCache.resume(name, checksums, state.checksums)
}

interface Publisher {
  /**
   * Makes the bytes of `checksums` durable and appends a progress entry. Throws UPLOAD_FENCED when a newer writer has
   * claimed: the entry does not count then, and nothing may be acknowledged.
   */
  publish(checksums: Checksums, released: boolean): Promise<void>
  /** Publications and syncs while the body continues. */
  readonly background: BackgroundWork
  /**
   * Returns the publication of all bytes up to `offset`, which begins in the background; null while it is not due.
   * It calls `onDurable` with the durable offset.
   */
  publicationAt(
    offset: number,
    checksums: RunningChecksums,
    onDurable?: (offset: number) => void,
  ): (() => void) | null
  /** Returns the offset of the last progress entry, which may not count. */
  publishedBytes(): number
  assertOwner(): Promise<void>
}

function createPublisher(parts: WriterParts): Publisher {
  const { fs, writerId, paths, log, segment, state, publishEveryBytes } = parts
  const background = createBackgroundWork()
  let published = state.checksums
  let loggedBytes = published.offset
  // The writer before has synced the names before its progress entry; names that this writer creates are not durable.
  let areNamesDurable = state.isContinuable
  let reportedAtMs = performance.now()

  const assertOwner = async () => {
    const { owner } = await log.read()
    if (owner !== writerId) {
      throw new ServiceError('UPLOAD_FENCED', 'a newer writer has taken this upload over')
    }
  }

  const publish = async (checksums: Checksums, released: boolean) => {
    await log.create()
    await segment.sync()
    if (!areNamesDurable) await syncDirectory(fs, paths.directory)
    areNamesDurable = true
    const segments = segment.segmentsUpTo(checksums.offset)
    await log.append(progressEntry(writerId, segments, published, checksums, released))
    // From now on a new claim includes these bytes, even if this call fails.
    loggedBytes = checksums.offset
    await assertOwner()
    await log.sync().catch(async (error) => {
      // A later sync can succeed without making this entry durable, so revert it with another entry.
      const before = segment.segmentsUpTo(published.offset)
      await log.append(progressEntry(writerId, before, checksums, published, false))
      throw error
    })
    published = checksums
  }

  return {
    publish,
    background,
    publicationAt: (offset, running, onDurable) => {
      const isReportDue =
        onDurable !== undefined && offset > loggedBytes && performance.now() - reportedAtMs >= REPORT_EVERY_MS
      if (!isReportDue && offset - loggedBytes < publishEveryBytes) return null
      reportedAtMs = performance.now()
      const checksums = running.snapshot()
      return () =>
        background.start(async () => {
          await publish(checksums, false)
          onDurable?.(checksums.offset)
        })
    },
    publishedBytes: () => loggedBytes,
    assertOwner,
  }
}
