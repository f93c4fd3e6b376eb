import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { type Checksums, createRunningChecksums, type RunningChecksums } from '../block-checksums.ts'
import type { DigestCache } from '../digest-cache.ts'
import type { Appended, AppendLimits, UploadWriter } from '../hosted-uploads.ts'
import { pumpBody } from '../pump-body.ts'
import type { RunningDigests } from '../running-digests.ts'
import type { UploadSpec } from '../stored-object.ts'
import type { BodyBudget } from '../write-batches.ts'
import type { WriterLock } from '../writer-locks.ts'
import { syncDirectory } from './directories.ts'
import { toStorageError, withStorageErrors } from './file-errors.ts'
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
  readonly publishEveryBytes: number
  readonly digestCache: DigestCache
}

/** Interval, in bytes and in time, at which a writer checks if it still owns the upload. */
const CHECK_OWNER_EVERY_BYTES = 16 * 1024 * 1024
const CHECK_OWNER_EVERY_MS = 2000
/** Interval of syncs while a body arrives: at the end of a chunk of 8 MiB, only half of its bytes are left to sync. */
const SYNC_EVERY_BYTES = 4 * 1024 * 1024

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
    await publisher.settled()
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
      withStorageErrors(() => appendBody(body, limits, parts, { checksums, digests, publisher })),
    commit: (offset) =>
      endAfter(async () => {
        await publisher.finish()
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
        await publisher.finish()
        const all = { ...parts, checksums: checksums.snapshot(), digests }
        const finalized = await finalizeObject(all, expected, publisher.assertOwner)
        digestCache.forget(spec.name)
        return finalized
      }),
    release: async () => {
      if (isOver) return
      await publisher.settled()
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

/** Returns the digests to continue; null when none are requested or this process has no state for the earlier bytes. */
function resumeDigests({ spec, state, digestCache }: WriterParts): RunningDigests | null {
  const { name, checksums = [] } = spec
  return checksums.length === 0 ? null : digestCache.resume(name, checksums, state.checksums)
}

/** Free disk space that uploads leave for the database, which may be on the same disk. */
export const KEPT_FREE_BYTES = 4 * 1024 * 1024

interface Publisher {
  /**
   * Makes the bytes of `checksums` durable and appends a progress entry. Throws UPLOAD_FENCED when a newer writer has
   * claimed: the entry does not count then, and nothing may be acknowledged.
   */
  publish(checksums: Checksums, released: boolean): Promise<void>
  /** Publishes while the body continues, unless background work is in progress. Never throws; see `finish`. */
  publishInBackground(checksums: Checksums): void
  /** Syncs the segment early, so that less is left at the end, unless background work is in progress. Never throws. */
  syncInBackground(): void
  /** Waits for the background work; throws its first error. */
  finish(): Promise<void>
  /** Waits for the background work; never throws. */
  settled(): Promise<void>
  /** Returns the offset of the last progress entry, which may not count. */
  publishedBytes(): number
  hasFailed(): boolean
  assertOwner(): Promise<void>
}

function createPublisher({ fs, writerId, paths, log, segment, state }: WriterParts): Publisher {
  let published = state.checksums
  let loggedBytes = published.offset
  // The writer before has synced the names before its progress entry; names that this writer creates are not durable.
  let areNamesDurable = state.isContinuable && published.offset > 0
  let background: Promise<void> | null = null
  let failure: { readonly error: unknown } | null = null

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

  const inBackground = (work: () => Promise<void>) => {
    background ??= work()
      .catch((error) => {
        failure ??= { error }
      })
      .finally(() => {
        background = null
      })
  }

  return {
    publish,
    publishInBackground: (checksums) => inBackground(() => publish(checksums, false)),
    // An error here fails the upload: a later sync would not report it again.
    syncInBackground: () => inBackground(segment.sync),
    settled: async () => {
      await background
    },
    finish: async () => {
      await background
      if (failure) throw failure.error
    },
    publishedBytes: () => loggedBytes,
    hasFailed: () => failure !== null,
    assertOwner,
  }
}

interface AppendState {
  readonly checksums: RunningChecksums
  readonly digests: RunningDigests | null
  readonly publisher: Publisher
}

/** Writes the body to the segment in batches. Publishes in the background after every `publishEveryBytes`. */
async function appendBody(
  body: Readable,
  limits: AppendLimits,
  { fs, paths, segment, state, lock, budget, publishEveryBytes }: WriterParts,
  { checksums, digests, publisher }: AppendState,
): Promise<Appended> {
  let offset = state.checksums.offset
  let earlierWrites: Promise<unknown> = Promise.resolve()
  let unsyncedBytes = 0
  let checkedOffset = offset
  const fence = watchFence(lock, publisher.assertOwner)

  const write = async (buffers: Buffer[], bytes: number) => {
    if (publisher.hasFailed()) await publisher.finish()
    if (offset - checkedOffset >= CHECK_OWNER_EVERY_BYTES) {
      checkedOffset = offset
      fence.check()
    }
    const at = offset
    const written = assertRoom(fs, paths.directory, bytes).then(() => segment.write(buffers, at))
    offset += bytes
    unsyncedBytes += bytes
    const all = Promise.all([earlierWrites, written])
    earlierWrites = all.catch(() => {
      // Each call of `write` reports its own failure.
    })
    const isDue = offset - publisher.publishedBytes() >= publishEveryBytes
    const snapshot = isDue ? checksums.snapshot() : null
    await all
    if (snapshot) publisher.publishInBackground(snapshot)
    else if (unsyncedBytes >= SYNC_EVERY_BYTES) {
      unsyncedBytes = 0
      publisher.syncInBackground()
    }
  }

  const pumped = await pumpBody(body, {
    ...limits,
    budget,
    takeOver: lock.takeOver,
    onBytes:
      digests === null
        ? checksums.update
        : (buffer) => {
            checksums.update(buffer)
            digests.update(buffer)
          },
    write,
  })
    .catch((error) => {
      throw toStorageError(error)
    })
    .finally(fence.stop)
  lock.settle()
  return { ...pumped, offset }
}

interface FenceWatch {
  /** Checks in the background if this writer still owns the upload. */
  check(): void
  stop(): void
}

/**
 * Watches for a newer writer of another process, also while the client is idle: the bytes of a fenced writer occupy the
 * disk until it ends.
 */
function watchFence(lock: WriterLock, assertOwner: () => Promise<void>): FenceWatch {
  const check = () => {
    assertOwner().catch((error) => {
      if (error instanceof ServiceError && error.code === 'UPLOAD_FENCED') lock.fence()
    })
  }
  const timer = setInterval(check, CHECK_OWNER_EVERY_MS).unref()
  return { check, stop: () => clearInterval(timer) }
}

/** Throws ENOSPC when the bytes would use the space that is reserved for the database. */
async function assertRoom(fs: FileSystem, directory: string, bytes: number): Promise<void> {
  if ((await fs.freeBytes(directory)) - bytes < KEPT_FREE_BYTES) {
    throw Object.assign(new Error('the disk is nearly full'), { code: 'ENOSPC' })
  }
}
