import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import type { RunningChecksums } from '../block-checksums.ts'
import type { BufferPool } from '../buffer-pool.ts'
import type { Appended, AppendLimits } from '../hosted-uploads.ts'
import { pumpBody } from '../pump-body.ts'
import type { RunningDigests } from '../running-digests.ts'
import type { BodyBudget } from '../write-batches.ts'
import type { WriterLock } from '../writer-locks.ts'
import type { BackgroundWork } from './background-work.ts'
import { toStorageError } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import type { SegmentFile } from './segment-file.ts'

export interface AppendTarget {
  readonly fs: FileSystem
  readonly directory: string
  readonly segment: Pick<SegmentFile, 'write' | 'sync'>
  readonly budget: BodyBudget
  readonly pool: BufferPool
  readonly lock: Pick<WriterLock, 'takeOver' | 'fence'>
  /** Checksums of the bytes before the body; they are continued. */
  readonly checksums: RunningChecksums
  /** Digests to continue; null for none. */
  readonly digests: RunningDigests | null
  readonly background: BackgroundWork
  /** Throws UPLOAD_FENCED when these bytes can no longer count. */
  assertOwner(): Promise<void>
  /** Returns the publication that is due once the bytes up to `offset` are written; null when none is. */
  publicationAt?(offset: number): (() => void) | null
}

/** Interval, in bytes and in time, at which a writer checks if its bytes still count. */
const CHECK_OWNER_EVERY_BYTES = 16 * 1024 * 1024
const CHECK_OWNER_EVERY_MS = 2000
/**
 * Interval of syncs while a body arrives, in bytes that are not written directly: at the end of a chunk of 8 MiB, only a
 * quarter of it is left to write. For others, a sync would only delay the next writes.
 */
const SYNC_EVERY_BYTES = 6 * 1024 * 1024

/** Interval at which a publication can become due while the client is idle. */
const CHECK_PUBLICATION_EVERY_MS = 500

/** Free disk space that uploads leave for the database, which may be on the same disk. */
export const KEPT_FREE_BYTES = 4 * 1024 * 1024

/** Writes the body to the segment in batches, from `startOffset` on. Syncs it in the background from time to time. */
export async function appendBody(
  body: Readable,
  limits: AppendLimits,
  startOffset: number,
  target: AppendTarget,
): Promise<Appended> {
  const { fs, directory, segment, budget, pool, lock, checksums, digests, background } = target
  let offset = startOffset
  let earlierWrites: Promise<unknown> = Promise.resolve()
  let isIncomplete = false
  let cachedBytes = 0
  let checkedOffset = offset
  const fence = watchFence(lock, target.assertOwner)
  const idle = publishWhileIdle(limits.onDurable !== undefined, {
    // After a failure the body ends, and the checksums may be ahead of the written bytes.
    due: () => (background.hasFailed() ? null : (target.publicationAt?.(offset) ?? null)),
    isWritten: () => earlierWrites.then(() => !isIncomplete),
  })

  const write = async (buffers: Buffer[], bytes: number) => {
    // Before anything that waits: a publication has the checksums of the bytes up to its offset, and of no others.
    for (const buffer of buffers) {
      limits.onBytes?.(buffer)
      checksums.update(buffer)
      digests?.update(buffer)
    }
    if (background.hasFailed()) await background.finish()
    if (offset - checkedOffset >= CHECK_OWNER_EVERY_BYTES) {
      checkedOffset = offset
      fence.check()
    }
    const at = offset
    const written = assertRoom(fs, directory, bytes).then(() => segment.write(buffers, at))
    offset += bytes
    const all = Promise.all([earlierWrites, written])
    earlierWrites = all.catch(() => {
      // Each call of `write` reports its own failure.
      isIncomplete = true
    })
    const publish = target.publicationAt?.(offset) ?? null
    const [, writtenToCache] = await all
    cachedBytes += writtenToCache
    // The bytes of a failed write are missing before these.
    if (isIncomplete) return
    if (publish) publish()
    else if (cachedBytes >= SYNC_EVERY_BYTES) {
      cachedBytes = 0
      // An error here fails the upload: a later sync would not report it again.
      background.start(segment.sync)
    }
  }

  const pumped = await pumpBody(body, {
    ...limits,
    budget,
    pool,
    position: startOffset,
    takeOver: lock.takeOver,
    write,
  })
    .catch((error) => {
      throw toStorageError(error)
    })
    .finally(() => {
      fence.stop()
      idle.stop()
    })
  return { ...pumped, offset }
}

interface IdleWork {
  /** Returns the publication that is due; null when none is. */
  due(): (() => void) | null
  /** Waits for the bytes of the publication; returns false when some of them were not written. */
  isWritten(): Promise<boolean>
}

/** Publishes the bytes of a client that pauses, if wanted: otherwise they would wait for its next bytes. */
function publishWhileIdle(isWanted: boolean, { due, isWritten }: IdleWork): { stop(): void } {
  let isOver = false
  const check = async () => {
    const publish = due()
    if (publish && (await isWritten()) && !isOver) publish()
  }
  const timer = isWanted ? setInterval(() => void check(), CHECK_PUBLICATION_EVERY_MS).unref() : undefined
  return {
    stop: () => {
      isOver = true
      clearInterval(timer)
    },
  }
}

interface FenceWatch {
  /** Checks in the background if the bytes of this writer still count. */
  check(): void
  stop(): void
}

/**
 * Watches for a newer writer of another process, also while the client is idle: the bytes of a fenced writer occupy the
 * disk until it ends.
 */
function watchFence(lock: Pick<WriterLock, 'fence'>, assertOwner: () => Promise<void>): FenceWatch {
  const check = () => {
    assertOwner().catch((error) => {
      if (error instanceof ServiceError && error.code === 'UPLOAD_FENCED') lock.fence()
    })
  }
  const timer = setInterval(check, CHECK_OWNER_EVERY_MS).unref()
  return { check, stop: () => clearInterval(timer) }
}

/** Throws ENOSPC when the bytes would use the space that is reserved for the database. */
export async function assertRoom(fs: FileSystem, directory: string, bytes: number): Promise<void> {
  if ((await fs.freeBytes(directory)) - bytes < KEPT_FREE_BYTES) {
    throw Object.assign(new Error('the disk is nearly full'), { code: 'ENOSPC' })
  }
}
