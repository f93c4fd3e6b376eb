import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ObserveScan } from '../domain/files/scan.ts'
import type { ObserveModelCall } from '../domain/models/model-call.ts'
import type { ObserveAttempt } from '../domain/webhooks/webhook.ts'
import { createModelMetrics } from './model-metrics.ts'
import { createRequestMetrics } from './request-metrics.ts'
import { createScanMetrics } from './scan-metrics.ts'
import { addStateMetrics, type ObservedState } from './state-metrics.ts'
import { VERSION } from './version.ts'
import { createWebhookMetrics } from './webhook-metrics.ts'

/** Metrics of one process, as values that another process can receive. */
export type MetricValues = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

export interface Metrics {
  /** Adds hooks to the app that count its requests. */
  watchRequests(app: FastifyInstance): void
  recordSync(kind: 'file' | 'folder', seconds: number): void
  readonly observeModelCall: ObserveModelCall
  readonly observeScan: ObserveScan
  readonly observeAttempt: ObserveAttempt
  /** Adds metrics whose values are read from `state` at each scrape. */
  watchState(state: ObservedState): void
  readonly contentType: string
  /** Returns all metrics in the text format of Prometheus. */
  text(): Promise<string>
  /** Returns all metrics for a process that sums them up. */
  values(): Promise<MetricValues>
}

const SYNC_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

/** Creates the metrics of this process for Prometheus. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'waybill_info',
    help: 'Always 1. The label is the version of the program.',
    labelNames: ['version'],
    aggregator: 'first',
    registers: [registry],
  }).set({ version: VERSION }, 1)
  const syncs = new Histogram({
    name: 'waybill_storage_sync_duration_seconds',
    help: 'Time that the disk needs to sync a file or a directory.',
    labelNames: ['kind'],
    buckets: SYNC_BUCKETS,
    registers: [registry],
  })
  return {
    watchRequests: createRequestMetrics(registry),
    recordSync: (kind, seconds) => syncs.observe({ kind }, seconds),
    observeModelCall: createModelMetrics(registry),
    observeScan: createScanMetrics(registry),
    observeAttempt: createWebhookMetrics(registry),
    watchState: (state) => addStateMetrics(registry, state),
    contentType: registry.contentType,
    text: () => registry.metrics(),
    values: () => registry.getMetricsAsJSON(),
  }
}
