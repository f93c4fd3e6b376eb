import type { Context } from '../operations/context.ts'
import { createHealthCheck } from '../operations/health/create-health-check.ts'
import { URLS } from '../protocols/urls.ts'
import { healthBody } from '../protocols/waybill/health-body.ts'
import type { Metrics } from './metrics.ts'
import { type OperatorPort, openOperatorPort, type Page } from './operator-port.ts'
import type { ObservedState } from './state-metrics.ts'
import { VERSION } from './version.ts'

/** Serves the metrics, and a health report with details for the operator only: version, uptime, jobs and queues. */
export function openMetricsPort(
  address: { readonly host: string; readonly port: number },
  metrics: Metrics,
  context: Pick<Context, 'database' | 'storage' | 'log'>,
  { jobs, queues }: Pick<ObservedState, 'jobs' | 'queues'>,
): Promise<OperatorPort> {
  const checkHealth = createHealthCheck(context)
  const metricsPage = async (): Promise<Page> => ({
    status: 200,
    contentType: metrics.contentType,
    text: await metrics.text(),
  })
  const healthPage = async (): Promise<Page> => {
    const { status, body } = healthBody(await checkHealth())
    const details = {
      ...body,
      version: VERSION,
      uptime_seconds: Math.round(process.uptime()),
      jobs: jobsBody(jobs()),
      queues: queuesBody(queues()),
    }
    return { status, contentType: 'application/json', text: `${JSON.stringify(details)}\n` }
  }
  return openOperatorPort(
    address,
    new Map([
      ['/metrics', metricsPage],
      [URLS.healthDetails, healthPage],
    ]),
  )
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
