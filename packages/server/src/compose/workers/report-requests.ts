import type { ServerReport } from '../start-server.ts'
import type { WorkerProcess } from './start-worker.ts'

/** Shorter than the patience of Prometheus, and longer than a check of the dependencies. */
const TIMEOUT_MS = 5000

/** Requests for reports to workers, whose answers come as messages. */
export interface ReportRequests {
  /** Returns the report; null when the worker does not answer in time, or cannot make one. */
  ask(worker: Pick<WorkerProcess, 'pid' | 'send'>): Promise<ServerReport | null>
  answer(id: number, report: ServerReport | null): void
  /** Ends the requests to a worker that has ended. */
  endAll(pid: number): void
}

export function createReportRequests(): ReportRequests {
  const waiting = new Map<number, { readonly pid: number; end(report: ServerReport | null): void }>()
  let lastId = 0
  return {
    ask: ({ pid, send }) => {
      const id = ++lastId
      const { promise, resolve } = Promise.withResolvers<ServerReport | null>()
      const end = (report: ServerReport | null) => {
        clearTimeout(timer)
        waiting.delete(id)
        resolve(report)
      }
      const timer = setTimeout(end, TIMEOUT_MS, null)
      waiting.set(id, { pid, end })
      send({ kind: 'report', id })
      return promise
    },
    answer: (id, report) => waiting.get(id)?.end(report),
    // A reaction to the end of the process would keep each report until then.
    endAll: (pid) => {
      for (const request of [...waiting.values()]) if (request.pid === pid) request.end(null)
    },
  }
}
