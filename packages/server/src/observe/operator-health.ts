import type { Context } from '../operations/context.ts'
import { createHealthCheck } from '../operations/health/create-health-check.ts'
import { healthBody } from '../protocols/waybill/health-body.ts'
import type { ObservedState } from './state-metrics.ts'
import { VERSION } from './version.ts'

/** Health report with details for the operator only: version, uptime, jobs and queues. */
export interface OperatorHealth {
  /** Status of the HTTP answer. */
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Returns a function that reports the health of this process. */
export function createOperatorHealth(
  context: Pick<Context, 'database' | 'storage' | 'log'>,
  { jobs, queues }: Pick<ObservedState, 'jobs' | 'queues'>,
): () => Promise<OperatorHealth> {
  const checkHealth = createHealthCheck(context)
  return async () => {
    const { status, body } = healthBody(await checkHealth())
    const details = {
      ...body,
      version: VERSION,
      uptime_seconds: Math.round(process.uptime()),
      jobs: jobsBody(jobs()),
      queues: queuesBody(queues()),
    }
    return { status, body: details }
  }
}

function queuesBody(queues: ReturnType<ObservedState['queues']>) {
  const entries = Object.entries(queues).map(
    ([kind, { running, finished, retried, givenUp, interrupted }]) => [
      kind,
      { running, finished, retried, given_up: givenUp, interrupted },
    ],
  )
  return Object.fromEntries(entries)
}

function jobsBody(jobs: ReturnType<ObservedState['jobs']>) {
  const entries = Object.entries(jobs).map(([name, { succeededAtMs, failures }]) => [
    name,
    {
      last_success_at: succeededAtMs === null ? null : new Date(succeededAtMs).toISOString(),
      failures,
    },
  ])
  return Object.fromEntries(entries)
}
