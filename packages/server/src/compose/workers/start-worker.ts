import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { ServerAddresses } from '../listen.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

/** Process of a worker, as the supervisor sees it. */
export interface WorkerProcess {
  readonly pid: number
  /** Resolves when the worker serves; rejects with its error when it cannot start. */
  readonly ready: Promise<ServerAddresses>
  /** Resolves with the end of the process. */
  readonly ended: Promise<WorkerEnd>
  send(message: ToWorker): void
  kill(signal: NodeJS.Signals): void
}

export interface WorkerEnd {
  /** Exit code; null after a signal. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Message of a worker that serves. */
export type WorkMessage = Exclude<FromWorker, { kind: 'ready' | 'failed' }>

/** Starts a worker. Calls `onMessage` with each of its messages about its work. */
export function startWorker(onMessage: (message: WorkMessage) => void): WorkerProcess {
  const worker = cluster.fork()
  const ready = Promise.withResolvers<ServerAddresses>()
  const failed = (error: Error) => ready.reject(error)
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') ready.resolve(message.addresses)
    else if (message.kind === 'failed') failed(new Error(message.message))
    else onMessage(message)
  })
  // Without a listener, an error of the channel to a worker that is ending would end the supervisor.
  worker.on('error', () => {})
  const ended = endOf(worker)
  ended.then(({ code, signal }) =>
    failed(new Error(`a worker ended with ${signal ?? code} before it served`)),
  )
  // The caller may wait for the end only.
  ready.promise.catch(() => {})
  return {
    pid: worker.process.pid ?? 0,
    ready: ready.promise,
    ended,
    send: (message) => {
      // A worker that has ended gets no messages.
      if (worker.isConnected()) worker.send(message, () => {})
    },
    kill: (signal) => {
      worker.process.kill(signal)
    },
  }
}

async function endOf(worker: Worker): Promise<WorkerEnd> {
  // A process that cannot be created has no exit.
  const [code, signal] = await once(worker, 'exit').catch(() => [1, null])
  return { code, signal }
}
