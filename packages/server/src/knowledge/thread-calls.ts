import type { Worker } from 'node:worker_threads'

/**
 * Memory of a thread for new objects. With the default of Node, three times as much is held after a burst, and threads
 * that read or divide texts are not faster.
 */
export const MAX_NEW_OBJECTS_MB = 8

/** Calls to one thread, which answers each in a message with its id, in any order. */
export interface ThreadCalls<Request, Answer> {
  /**
   * Sends the request, with an id of its own, and returns the answer. Starts the thread with the first call, and again
   * when it has ended. Throws the error of `toError` when the thread ends before its answer, and the reason of `signal`.
   */
  call(request: Request, signal?: AbortSignal): Promise<Answer>
  /** Resolves when the calls so far have ended. */
  settled(): Promise<void>
  /** Ends the thread; the calls in progress fail. */
  end(): Promise<void>
}

export interface ThreadCallsOptions<Request> {
  start(): Worker
  /** Returns the error of a call whose thread ended for this reason. */
  toError(reason: string, request: Request): Error
}

interface Pending<Request, Answer> {
  readonly request: Request
  readonly promise: Promise<Answer>
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

interface Thread<Request, Answer> {
  readonly worker: Worker
  readonly pending: Map<number, Pending<Request, Answer>>
}

export function createThreadCalls<Request extends object, Answer extends { readonly id: number }>({
  start,
  toError,
}: ThreadCallsOptions<Request>): ThreadCalls<Request, Answer> {
  let thread: Thread<Request, Answer> | null = null
  let lastId = 0

  const open = (): Thread<Request, Answer> => {
    const opened: Thread<Request, Answer> = { worker: start(), pending: new Map() }
    const { worker, pending } = opened
    const fail = (reason: string) => {
      for (const { request, reject } of pending.values()) reject(toError(reason, request))
      pending.clear()
      if (thread === opened) thread = null
    }
    worker.on('message', (answer: Answer) => {
      const call = pending.get(answer.id)
      pending.delete(answer.id)
      call?.resolve(answer)
    })
    // A thread ends by a fault such as missing memory.
    worker.on('error', ({ message }) => fail(message))
    worker.on('exit', () => fail('its thread ended'))
    return opened
  }

  return {
    call: async (request, signal) => {
      signal?.throwIfAborted()
      thread ??= open()
      const { worker, pending } = thread
      const id = ++lastId
      const { promise, resolve, reject } = Promise.withResolvers<Answer>()
      const abort = () => {
        pending.delete(id)
        reject(signal?.reason)
      }
      pending.set(id, { request, promise, resolve, reject })
      signal?.addEventListener('abort', abort, { once: true })
      worker.postMessage({ ...request, id })
      try {
        return await promise
      } finally {
        signal?.removeEventListener('abort', abort)
      }
    },
    settled: async () => {
      await Promise.allSettled([...(thread?.pending.values() ?? [])].map(({ promise }) => promise))
    },
    end: async () => {
      await thread?.worker.terminate()
    },
  }
}
