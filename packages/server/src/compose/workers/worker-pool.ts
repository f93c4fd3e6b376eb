import type { ServerAddresses } from '../listen.ts'
import type { ServerReport } from '../start-server.ts'
import { type KeepOptions, keepWorker } from './keep-worker.ts'
import { createReportRequests } from './report-requests.ts'
import { startWorker, type WorkerProcess, type WorkMessage } from './start-worker.ts'

/** Workers of a service, which share its port and its data. */
export interface WorkerPool {
  /**
   * Starts one worker, which creates or migrates what there is, and then the others. Rejects with the error of the first
   * one that cannot start.
   */
  start(count: number): Promise<ServerAddresses>
  /** Number of workers that serve. */
  serving(): number
  /** Returns the reports of the serving workers by the ids of their processes. The one with the jobs is the first. */
  reports(): Promise<ReadonlyMap<number, ServerReport>>
  /** Makes all workers drain, and waits for their ends. Returns false when one of them did not end well. */
  drain(): Promise<boolean>
  /** Ends all workers at once. */
  kill(): void
}

export interface WorkerPoolOptions extends Pick<KeepOptions, 'logger' | 'onRestart' | 'onFailure'> {
  /** Called when a worker has ended. */
  onEnd(pid: number): void
}

/** Creates a pool without workers. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const running = new Set<WorkerProcess>()
  const serving = new Set<WorkerProcess>()
  const requests = createReportRequests()
  let withJobs: WorkerProcess | null = null
  let isEnding = false

  /** Gives the jobs to a serving worker when none has them. */
  const assignJobs = () => {
    if (isEnding || (withJobs !== null && serving.has(withJobs))) return
    ;[withJobs = null] = serving
    if (withJobs === null) return
    withJobs.send({ kind: 'startJobs' })
    options.logger.info({ worker: withJobs.pid }, 'a worker runs the jobs')
  }

  const relay = (from: WorkerProcess, message: WorkMessage) => {
    if (message.kind === 'report') requests.answer(message.id, message.report)
    else if (message.kind === 'wakeQueue') withJobs?.send(message)
    else for (const worker of serving) if (worker !== from) worker.send(message)
  }

  const startOne = async (): Promise<[WorkerProcess, ServerAddresses]> => {
    const worker = startWorker((message) => relay(worker, message))
    running.add(worker)
    worker.ended.then(() => {
      running.delete(worker)
      serving.delete(worker)
      requests.endAll(worker.pid)
      options.onEnd(worker.pid)
      assignJobs()
    })
    const addresses = await worker.ready
    serving.add(worker)
    options.logger.info({ worker: worker.pid }, 'a worker serves')
    assignJobs()
    return [worker, addresses]
  }

  const keep = (worker: WorkerProcess) => {
    const start = async () => (await startOne())[0]
    return keepWorker(worker, { start, serving: () => serving.size, isEnding: () => isEnding, ...options })
  }

  return {
    start: async (count) => {
      const [first, addresses] = await startOne()
      const others = await Promise.all(Array.from({ length: count - 1 }, startOne))
      for (const worker of [first, ...others.map(([worker]) => worker)]) void keep(worker)
      return addresses
    },
    serving: () => serving.size,
    reports: async () => {
      const inOrder = [...serving].sort((one, other) => Number(other === withJobs) - Number(one === withJobs))
      const entries = await Promise.all(
        inOrder.map(async (worker) => ({ worker, report: await requests.ask(worker) })),
      )
      // One that ended while others made their reports is counted among the ended ones already.
      return new Map(
        entries.flatMap(({ worker, report }) =>
          report !== null && serving.has(worker) ? [[worker.pid, report] as const] : [],
        ),
      )
    },
    drain: async () => {
      isEnding = true
      const ends = [...running].map(async (worker) => {
        const hasServed = serving.has(worker)
        worker.kill('SIGTERM')
        const { code } = await worker.ended
        return code === 0 || !hasServed
      })
      return (await Promise.all(ends)).every((isGood) => isGood)
    },
    kill: () => {
      isEnding = true
      for (const worker of running) worker.kill('SIGKILL')
    },
  }
}
