import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { WorkerProcess } from './start-worker.ts'

export interface KeepOptions {
  readonly logger: Logger
  start(): Promise<WorkerProcess>
  /** Number of workers that serve. */
  serving(): number
  /** True when workers end because the service ends. */
  isEnding(): boolean
  /** Called when a worker has replaced another one. */
  onRestart(): void
  /** Called when a worker cannot start and no other one serves. */
  onFailure(): void
}

/** First wait before a worker is replaced; it doubles with each one that ends early or cannot start. */
const FIRST_BACKOFF_MS = 100
const MAX_BACKOFF_MS = 30_000
/** Time after which a worker has not ended early. */
const STABLE_MS = 60_000

/** Replaces the worker, and each that replaces it, when it ends. Resolves when the service ends. */
export async function keepWorker(first: WorkerProcess, options: KeepOptions): Promise<void> {
  const { logger, isEnding } = options
  let early = 0
  for (let worker: WorkerProcess | null = first; worker !== null; ) {
    const startedAtMs = performance.now()
    const { code, signal } = await worker.ended
    if (isEnding()) return
    logger.error({ worker: worker.pid, code, signal }, 'a worker ended')
    early = performance.now() - startedAtMs < STABLE_MS ? early + 1 : 0
    worker = await replace(options, early)
  }
}

/** Starts another worker after a wait, as often as it takes. Returns null when the service ends. */
async function replace(options: KeepOptions, early: number): Promise<WorkerProcess | null> {
  const { logger, isEnding, onRestart, onFailure } = options
  for (let failures = early; !isEnding(); failures++) {
    await delay(Math.min(FIRST_BACKOFF_MS * 2 ** failures, MAX_BACKOFF_MS))
    if (isEnding()) break
    try {
      const worker = await options.start()
      onRestart()
      return worker
    } catch (err) {
      if (isEnding()) break
      logger.error({ err }, 'a worker could not start')
      if (options.serving() > 0) continue
      onFailure()
      break
    }
  }
  return null
}
