import { ServiceError } from '../domain/errors.ts'

export interface WriterLock {
  /** Aborted when a newer writer in this process requests the lock, and by `fence`. */
  readonly takeOver: AbortSignal
  /** Ends the lock's writer, because a writer of another process has taken over the upload. */
  fence(): void
  /** Announces that no more bytes will arrive: from now on `settled` waits for the end of the lock. */
  settle(): void
  /** Releases the lock for the next writer; idempotent. */
  end(): void
}

/** Throws UPLOAD_FENCED when a newer writer has requested the lock. */
export function assertNewest({ takeOver }: WriterLock): void {
  if (takeOver.aborted) {
    throw new ServiceError('UPLOAD_FENCED', 'a newer request has taken this upload over')
  }
}

export interface WriterLocks {
  /**
   * Acquires the lock of a name, after the older ones have been released. Its signal is aborted already when a newer
   * caller requested the lock meanwhile. Throws SERVICE_UNAVAILABLE after `endAll`.
   */
  take(name: string): Promise<WriterLock>
  /** Returns true when a writer holds the lock or waits for it. */
  isTaken(name: string): boolean
  /** Waits for a writer that has received all its bytes and is making them durable, not for one that still receives. */
  settled(name: string): Promise<void>
  /** Asks all writers to end and waits until they have. */
  endAll(): Promise<void>
}

interface HeldLock {
  readonly abort: AbortController
  readonly ended: Promise<void>
  isSettling: boolean
}

/** Creates locks that allow one writer per upload in this process. The newest writer asks the older ones to end. */
export function createWriterLocks(): WriterLocks {
  const newest = new Map<string, HeldLock>()
  let isClosed = false

  const take = async (name: string): Promise<WriterLock> => {
    if (isClosed) throw new ServiceError('SERVICE_UNAVAILABLE', 'the service is stopping')
    const older = newest.get(name)
    const abort = new AbortController()
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    const lock: HeldLock = { abort, ended, isSettling: false }
    newest.set(name, lock)
    const end = () => {
      if (newest.get(name) === lock) newest.delete(name)
      resolve()
    }
    older?.abort.abort()
    await older?.ended
    const settle = () => {
      lock.isSettling = true
    }
    return { takeOver: abort.signal, fence: () => abort.abort(), settle, end }
  }

  const endAll = async () => {
    isClosed = true
    while (newest.size > 0) {
      const locks = [...newest.values()]
      for (const lock of locks) lock.abort.abort()
      await Promise.all(locks.map((lock) => lock.ended))
    }
  }

  const settled = async (name: string) => {
    const lock = newest.get(name)
    if (lock?.isSettling) await lock.ended
  }

  return { take, isTaken: (name) => newest.has(name), settled, endAll }
}
