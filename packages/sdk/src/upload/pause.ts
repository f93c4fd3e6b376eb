import { followSignal } from '../follow-signal.ts'
import { untilAborted } from '../until-aborted.ts'

/** Pauses an upload between two requests or during one. */
export interface Pause {
  /** Returns true when a pause stopped the newest request, even if the upload has been resumed since. */
  hasStopped(): boolean
  /** Stops the running request. Resolves when nothing is sent any more and the state of the upload is stored. */
  pause(): Promise<void>
  resume(): void
  /** Waits as long as the upload is paused, and calls `onPaused` if it is. Rejects with the signal's reason. */
  untilRunning(signal: AbortSignal | undefined, onPaused: () => Promise<void>): Promise<void>
  /** Runs a request. Its signal is aborted by a pause and by `signal`. */
  run<T>(signal: AbortSignal | undefined, request: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Marks the upload as ended, so that callers of `pause` do not wait for it. */
  end(): void
}

export function createPause(): Pause {
  let isPaused = false
  let isOver = false
  let hasStopped = false
  let stopRequest: (() => void) | null = null
  const waitingForStop: (() => void)[] = []
  const waitingToRun: (() => void)[] = []
  const notifyStopped = () => {
    for (const resolve of waitingForStop.splice(0)) resolve()
  }
  return {
    hasStopped: () => hasStopped,
    pause: () => {
      isPaused = true
      stopRequest?.()
      return isOver ? Promise.resolve() : new Promise((resolve) => waitingForStop.push(resolve))
    },
    resume: () => {
      isPaused = false
      // Callers of `pause` must not wait for a stop that will not happen now.
      notifyStopped()
      for (const resolve of waitingToRun.splice(0)) resolve()
    },
    untilRunning: async (signal, onPaused) => {
      signal?.throwIfAborted()
      while (isPaused) {
        await onPaused()
        notifyStopped()
        const running = new Promise<void>((resolve) => waitingToRun.push(resolve))
        if (isPaused) await untilAborted(running, signal)
      }
    },
    run: async (signal, request) => {
      const { controller: own, unfollow } = followSignal(signal)
      hasStopped = false
      stopRequest = () => {
        hasStopped = true
        own.abort(new DOMException('The upload is paused.', 'AbortError'))
      }
      try {
        if (isPaused) stopRequest()
        signal?.throwIfAborted()
        return await request(own.signal)
      } finally {
        stopRequest = null
        unfollow()
      }
    },
    end: () => {
      isOver = true
      notifyStopped()
    },
  }
}
