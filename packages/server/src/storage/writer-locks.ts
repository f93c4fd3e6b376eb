import { ServiceError } from '../domain/errors.ts'

export interface WriterTurn {
  /** Aborted when a newer writer of this process wants the upload. */
  readonly takeOver: AbortSignal
  /** Says that no more bytes come: from now on `settled` waits for the end. */
  settle(): void
  /** Lets the next writer begin; again is no error. */
  end(): void
}

/** Throws UPLOAD_FENCED when a newer writer wants the upload already. */
export function assertNewest({ takeOver }: WriterTurn): void {
  if (takeOver.aborted) {
    throw new ServiceError('UPLOAD_FENCED', 'a newer request has taken this upload over')
  }
}

export interface WriterTurns {
  /** A turn for this name, once those before it have ended. Its signal is aborted already when an even newer
   * caller came while it waited. */
  take(name: string): Promise<WriterTurn>
  /** Whether a writer has the upload, or waits for it. */
  isTaken(name: string): boolean
  /** Waits for a writer that has all its bytes and is making them durable; not for one that still receives. */
  settled(name: string): Promise<void>
  /** Asks every writer to end, and waits until they have; `take` throws SERVICE_UNAVAILABLE from now on. */
  endAll(): Promise<void>
}

interface RunningTurn {
  readonly abort: AbortController
  readonly ended: Promise<void>
  isSettling: boolean
}

/** One writer an upload at a time in this process; the newest asks the others to end. */
export function createWriterTurns(): WriterTurns {
  const newest = new Map<string, RunningTurn>()
  let isClosed = false

  const take = async (name: string): Promise<WriterTurn> => {
    if (isClosed) throw new ServiceError('SERVICE_UNAVAILABLE', 'the service is stopping')
    const older = newest.get(name)
    const abort = new AbortController()
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    const turn: RunningTurn = { abort, ended, isSettling: false }
    newest.set(name, turn)
    const end = () => {
      if (newest.get(name) === turn) newest.delete(name)
      resolve()
    }
    older?.abort.abort()
    await older?.ended
    const settle = () => {
      turn.isSettling = true
    }
    return { takeOver: abort.signal, settle, end }
  }

  const endAll = async () => {
    isClosed = true
    while (newest.size > 0) {
      const turns = [...newest.values()]
      for (const turn of turns) turn.abort.abort()
      await Promise.all(turns.map((turn) => turn.ended))
    }
  }

  const settled = async (name: string) => {
    const turn = newest.get(name)
    if (turn?.isSettling) await turn.ended
  }

  return { take, isTaken: (name) => newest.has(name), settled, endAll }
}
