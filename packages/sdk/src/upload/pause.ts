import { followSignal } from '../follow-signal.ts'
import { untilAborted } from '../until-aborted.ts'

/** Lets an upload be paused between two requests, and in the middle of one. */
export interface Pause {
  /** Whether a pause stopped the newest request, though all may run on already. */
  hasStopped(): boolean
  /** Stops what runs; resolves when nothing is sent any more and what is needed to go on is kept. */
  pause(): Promise<void>
  resume(): void
  /** Waits while it is paused; `onPaused` is called where it is. Rejects with the signal’s reason. */
  whileRunning(signal: AbortSignal | undefined, onPaused: () => Promise<void>): Promise<void>
  /** Runs a request, whose own signal is aborted by a pause as well as by `signal`. */
  during<T>(signal: AbortSignal | undefined, request: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Tells that the upload is over, so that whoever pauses it does not wait. */
  end(): void
}

export function createPause(): Pause {
  let isPaused = false
  let isOver = false
  let hasStopped = false
  let stopRequest: (() => void) | null = null
  const waitingForRest: (() => void)[] = []
  const waitingToRun: (() => void)[] = []
  const atRest = () => {
    for (const resolve of waitingForRest.splice(0)) resolve()
  }
  return {
    hasStopped: () => hasStopped,
    pause: () => {
      isPaused = true
      stopRequest?.()
      return isOver ? Promise.resolve() : new Promise((resolve) => waitingForRest.push(resolve))
    },
    resume: () => {
      isPaused = false
      // Whoever waits for a rest that will not come is let go.
      atRest()
      for (const run of waitingToRun.splice(0)) run()
    },
    whileRunning: async (signal, onPaused) => {
      signal?.throwIfAborted()
      while (isPaused) {
        await onPaused()
        atRest()
        const running = new Promise<void>((resolve) => waitingToRun.push(resolve))
        if (isPaused) await untilAborted(running, signal)
      }
    },
    during: async (signal, request) => {
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
      atRest()
    },
  }
}
