import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client'
import type { MetricValues } from './metrics.ts'

/** Metrics of a service with several workers. */
export interface MetricSums {
  readonly contentType: string
  /** Replaces the values of a worker. */
  update(worker: number, values: MetricValues): void
  /** Keeps the counters and histograms of a worker that ended, so that the sums do not go back. */
  end(worker: number): Promise<void>
  countRestart(): void
  /** Returns the sums in the text format of Prometheus. */
  text(): Promise<string>
}

/** Kinds of metrics that only grow. */
const GROWING: ReadonlySet<unknown> = new Set(['counter', 'histogram'])

/**
 * Creates the sums of the metrics of all workers. Counters and histograms are added, and gauges as their `aggregator`
 * says: a number that each worker reads from the database is not added.
 */
export function createMetricSums(servingWorkers: () => number): MetricSums {
  const own = createOwnMetrics(servingWorkers)
  const latest = new Map<number, MetricValues>()
  let ended: MetricValues = []
  let ending: Promise<void> = Promise.resolve()

  const moveToEnded = async (worker: number) => {
    const values = (latest.get(worker) ?? []).filter(({ type }) => GROWING.has(type))
    ended = await add([ended, values]).getMetricsAsJSON()
    // Only now, so that a sum that is read meanwhile does not go back.
    latest.delete(worker)
  }

  return {
    contentType: own.registry.contentType,
    update: (worker, values) => {
      latest.set(worker, values)
    },
    // One after the other: two workers that end together add to the same values.
    end: (worker) => {
      ending = ending.then(() => moveToEnded(worker))
      return ending
    },
    countRestart: () => own.restarts.inc(),
    text: async () => add([...latest.values(), ended, await own.registry.getMetricsAsJSON()]).metrics(),
  }
}

function add(values: MetricValues[]): Registry {
  return AggregatorRegistry.aggregate(values)
}

function createOwnMetrics(servingWorkers: () => number) {
  const registry = new Registry()
  new Gauge({
    name: 'waybill_workers',
    help: 'Workers that serve.',
    registers: [registry],
    collect() {
      this.set(servingWorkers())
    },
  })
  const restarts = new Counter({
    name: 'waybill_worker_restarts_total',
    help: 'Workers that replaced one that ended.',
    registers: [registry],
  })
  return { registry, restarts }
}
