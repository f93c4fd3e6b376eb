import { ServiceError } from '../domain/errors.ts'

/** Bodies of parts that this process receives. Any number of them may belong to one upload. */
export interface PartAttempts {
  /** Throws SERVICE_UNAVAILABLE after `endAll`. */
  begin(name: string): PartAttempt
  /** Returns true while this process receives a part of the upload. */
  isActive(name: string): boolean
  /** Asks the attempts of an upload to end and waits until they have. */
  endAllOf(name: string): Promise<void>
  /** Asks all attempts to end and waits until they have. */
  endAll(): Promise<void>
}

export interface PartAttempt {
  /** Aborted when the part is no longer wanted. */
  readonly takeOver: AbortSignal
  /** Aborts the attempt itself. */
  fence(): void
  /** Must be called once, at the end. */
  end(): void
}

interface Running {
  readonly abort: AbortController
  readonly ended: Promise<void>
}

export function createPartAttempts(): PartAttempts {
  const running = new Map<string, Set<Running>>()
  let isClosed = false

  const begin = (name: string): PartAttempt => {
    if (isClosed) throw stopping()
    const abort = new AbortController()
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    const one: Running = { abort, ended }
    const ofUpload = running.get(name) ?? new Set()
    running.set(name, ofUpload.add(one))
    const end = () => {
      ofUpload.delete(one)
      if (ofUpload.size === 0) running.delete(name)
      resolve()
    }
    return { takeOver: abort.signal, fence: () => abort.abort(), end }
  }

  const endAllOf = async (name: string, reason?: ServiceError) => {
    const ofUpload = [...(running.get(name) ?? [])]
    for (const { abort } of ofUpload) abort.abort(reason)
    await Promise.all(ofUpload.map(({ ended }) => ended))
  }

  return {
    begin,
    isActive: (name) => running.has(name),
    endAllOf: (name) => endAllOf(name),
    endAll: async () => {
      isClosed = true
      await Promise.all([...running.keys()].map((name) => endAllOf(name, stopping())))
    },
  }
}

/** Throws SERVICE_UNAVAILABLE when the process stops: the part is still wanted, and its client sends it to another one. */
export function throwIfStopping(takeOver: AbortSignal): void {
  if (takeOver.aborted && takeOver.reason instanceof ServiceError) throw takeOver.reason
}

function stopping(): ServiceError {
  return new ServiceError('SERVICE_UNAVAILABLE', 'the service is stopping')
}
