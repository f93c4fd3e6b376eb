import { ServiceError } from '../domain/errors.ts'

export interface WriterTurn {
  /** Aborted when a newer writer of this process wants the upload. */
  readonly takeOver: AbortSignal
  /** Lets the next writer begin; again is no error. */
  end(): void
}

export interface WriterTurns {
  /** The turn of the newest caller for this name, once the older writer has ended. Throws UPLOAD_FENCED when
   * an even newer one came while waiting. */
  take(name: string): Promise<WriterTurn>
  /** Asks every writer to end, and waits until they have. */
  endAll(): Promise<void>
}

/** One writer an upload at a time in this process: the newest. */
export function createWriterTurns(): WriterTurns {
  const newest = new Map<string, { readonly abort: AbortController; readonly ended: Promise<void> }>()

  const take = async (name: string): Promise<WriterTurn> => {
    const older = newest.get(name)
    const abort = new AbortController()
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    const turn = { abort, ended }
    newest.set(name, turn)
    const end = () => {
      if (newest.get(name) === turn) newest.delete(name)
      resolve()
    }
    older?.abort.abort()
    await older?.ended
    if (abort.signal.aborted) {
      end()
      throw new ServiceError('UPLOAD_FENCED', 'a newer request has taken this upload over')
    }
    return { takeOver: abort.signal, end }
  }

  const endAll = async () => {
    while (newest.size > 0) {
      const turns = [...newest.values()]
      for (const turn of turns) turn.abort.abort()
      await Promise.all(turns.map((turn) => turn.ended))
    }
  }

  return { take, endAll }
}
