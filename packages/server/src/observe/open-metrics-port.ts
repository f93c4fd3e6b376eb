import { URLS } from '../protocols/urls.ts'
import type { OperatorHealth } from './operator-health.ts'
import { type OperatorPort, openOperatorPort, type Page } from './operator-port.ts'

/** Content of the operator's pages, of one process or of all workers of a service. */
export interface OperatorPages {
  /** Returns all metrics in the text format of Prometheus. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
  health(): Promise<OperatorHealth>
}

/** Serves the metrics, and a health report with details for the operator only. */
export function openMetricsPort(
  address: { readonly host: string; readonly port: number },
  pages: OperatorPages,
): Promise<OperatorPort> {
  const metricsPage = async (): Promise<Page> => ({ status: 200, ...(await pages.metrics()) })
  const healthPage = async (): Promise<Page> => {
    const { status, body } = await pages.health()
    return { status, contentType: 'application/json', text: `${JSON.stringify(body)}\n` }
  }
  return openOperatorPort(
    address,
    new Map([
      ['/metrics', metricsPage],
      [URLS.healthDetails, healthPage],
    ]),
  )
}
