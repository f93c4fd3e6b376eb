import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { type Checksums, createRunningChecksums, type RunningChecksums } from '../block-checksums.ts'
import type { Appended, AppendLimits, UploadWriter } from '../hosted-uploads.ts'
import type { KeptDigests } from '../kept-digests.ts'
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
  /** The upload as it stood when this writer claimed it. */
  readonly state: UploadState
  readonly lock: WriterLock
  readonly budget: BodyBudget
  readonly publishEveryBytes: number
  readonly keptDigests: KeptDigests
}

/** Interval, in bytes and in time, at which a writer checks if it is fenced. */
const LOOK_EVERY_BYTES = 16 * 1024 * 1024
const LOOK_EVERY_MS = 2000
/** The disk is given work while more comes: a chunk of 8 MiB then waits for half of its bytes at its end. */
const SYNC_EVERY_BYTES = 4 * 1024 * 1024

/** The writer that has claimed the upload and opened its segment. */
export function createUploadWriter(parts: WriterParts): UploadWriter {
  const { fs, spec, log, segment, state, lock, keptDigests } = parts
  const start = state.checksums
  const checksums = createRunningChecksums(start)
  const digests = resumeDigests(parts)
  const publisher = createPublisher(parts)
  let isOver = false

  const end = async () => {
    if (isOver) return
    isOver = true
    await publisher.settled()
    // Without a log nothing speaks of the segment. Where an object has it by a second name, the two are the mark that
    // the object's may not be durable yet.
    const isNeedless = !log.isMade() && (await segment.isOnlyName().catch(() => false))
    // What had to be durable is so by now, whatever closing says; and what is left behind is swept.
    await Promise.allSettled([segment.close(), log.close()])
    if (isNeedless) await fs.remove(segment.path).catch(() => {})
    lock.end()
  }

  /** Reports UPLOAD_FENCED instead of an error that it caused: a newer writer may have removed what this one reads. */
  const orFenced = async (error: unknown): Promise<never> => {
    // Errors with a code are specific enough.
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
        const taken = checksums.snapshot()
        const kept = await segment.checksumsAt(offset, start, taken)
        await publisher.publish(kept, true)
        // The digests include all received bytes, and cannot be reverted to fewer.
        if (digests !== null && kept === taken) keptDigests.keep(spec.name, digests, kept)
      }),
    finalize: (expected) =>
      endAfter(async () => {
        // Also where no body came before: whoever asks from now on waits for the object.
        lock.settle()
        await publisher.finish()
        const all = { ...parts, checksums: checksums.snapshot(), digests }
        const finalized = await finalizeObject(all, expected, publisher.assertOwner)
        keptDigests.forget(spec.name)
        return finalized
      }),
    release: async () => {
      if (isOver) return
      await publisher.settled()
      if (!log.isMade()) return end()
      try {
        // A full disk has its room again, and then room for the entry too.
        await segment.truncate(publisher.publishedBytes())
        await log.append({ release: parts.writerId })
      } catch {
        // Without the entry the next writer begins a segment of its own, which costs little.
      }
      await end()
    },
  }
}

/** Returns the digests to continue; null when none are requested or this process has no state for the earlier bytes. */
function resumeDigests({ spec, state, keptDigests }: WriterParts): RunningDigests | null {
  const { name, checksums = [] } = spec
  return checksums.length === 0 ? null : keptDigests.resume(name, checksums, state.checksums)
}

/** Free disk space that uploads leave for the database, which may be on the same disk. */
export const KEPT_FREE_BYTES = 4 * 1024 * 1024

interface Publisher {
  /** Makes the bytes of `checksums` durable and says so in the log. Throws UPLOAD_FENCED where a newer writer
   * has claimed: then the entry does not count, and nothing may be acknowledged. */
  publish(checksums: Checksums, released: boolean): Promise<void>
  /** The same while the body goes on, unless the last time is still under way. Never throws. */
  publishInBackground(checksums: Checksums): void
  /** Has the disk begin with what is written, unless it is at work already: the end has less to wait for. Never throws. */
  syncInBackground(): void
  /** Waits for the background; throws what went wrong there. */
  finish(): Promise<void>
  settled(): Promise<void>
  /** Bytes that the log speaks of, also where its entry may not count. */
  publishedBytes(): number
  hasFailed(): boolean
  assertOwner(): Promise<void>
}

function createPublisher({ fs, writerId, paths, log, segment, state }: WriterParts): Publisher {
  let published = state.checksums
  let spokenOfBytes = published.offset
  // An entry of progress is only written after the names; any other names are this writer's to sync.
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
    await log.make()
    await segment.sync()
    if (!areNamesDurable) await syncDirectory(fs, paths.directory)
    areNamesDurable = true
    const segments = segment.segmentsUpTo(checksums.offset)
    await log.append(progressEntry(writerId, segments, published, checksums, released))
    // A writer that claims from now on counts these bytes, whatever becomes of this one.
    spokenOfBytes = checksums.offset
    await assertOwner()
    await log.sync().catch(async (error) => {
      // A later sync could succeed without these bytes of the log: the entry must not be believed then.
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
    // What fails here fails the upload: a later sync would not tell of it again.
    syncInBackground: () => inBackground(segment.sync),
    settled: async () => {
      await background
    },
    finish: async () => {
      await background
      if (failure) throw failure.error
    },
    publishedBytes: () => spokenOfBytes,
    hasFailed: () => failure !== null,
    assertOwner,
  }
}

interface Taking {
  readonly checksums: RunningChecksums
  readonly digests: RunningDigests | null
  readonly publisher: Publisher
}

/** Takes the body in; while it is long, publishes at the ends of batches that are written. */
async function appendBody(
  body: Readable,
  limits: AppendLimits,
  { fs, paths, segment, state, lock, budget, publishEveryBytes }: WriterParts,
  { checksums, digests, publisher }: Taking,
): Promise<Appended> {
  let offset = state.checksums.offset
  let earlierWrites: Promise<unknown> = Promise.resolve()
  let unsyncedBytes = 0
  let lookedAtOffset = offset
  const ending = createEnding(lock, publisher.assertOwner)

  const write = async (buffers: Buffer[], bytes: number) => {
    if (publisher.hasFailed()) await publisher.finish()
    if (offset - lookedAtOffset >= LOOK_EVERY_BYTES) {
      lookedAtOffset = offset
      ending.look()
    }
    const at = offset
    const written = assertRoom(fs, paths.directory, bytes).then(() => segment.write(buffers, at))
    offset += bytes
    unsyncedBytes += bytes
    const all = Promise.all([earlierWrites, written])
    earlierWrites = all.catch(() => {
      // Each write reports its own failure to whoever called it.
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
    takeOver: ending.signal,
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
    .finally(ending.stop)
  lock.settle()
  return { ...pumped, offset }
}

interface Ending {
  /** Aborted when a newer writer, of this process or another, takes over the upload. */
  readonly signal: AbortSignal
  look(): void
  stop(): void
}

/** Ends the body of a fenced writer, also when its client is idle: its bytes occupy the disk until then. */
function createEnding({ takeOver }: WriterLock, assertOwner: () => Promise<void>): Ending {
  const abort = new AbortController()
  const end = () => abort.abort()
  const look = () => {
    assertOwner().catch((error) => {
      if (error instanceof ServiceError && error.code === 'UPLOAD_FENCED') end()
    })
  }
  if (takeOver.aborted) end()
  else takeOver.addEventListener('abort', end)
  const timer = setInterval(look, LOOK_EVERY_MS).unref()
  const stop = () => {
    clearInterval(timer)
    takeOver.removeEventListener('abort', end)
  }
  return { signal: abort.signal, look, stop }
}

/** Throws ENOSPC when the bytes would use the space that is kept for the database. */
async function assertRoom(fs: FileSystem, directory: string, bytes: number): Promise<void> {
  if ((await fs.freeBytes(directory)) - bytes < KEPT_FREE_BYTES) {
    throw Object.assign(new Error('the disk is nearly full'), { code: 'ENOSPC' })
  }
}
