import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { createMetricSums } from './sum-metrics.ts'

/** Returns the values of a worker. */
async function valuesOf({
  requests,
  running,
  sessions,
}: Record<'requests' | 'running' | 'sessions', number>) {
  const registry = new Registry()
  const registers = [registry]
  new Counter({ name: 'requests_total', help: 'a', labelNames: ['route'], registers }).inc(
    { route: '/' },
    requests,
  )
  new Gauge({ name: 'running', help: 'a', registers }).set(running)
  new Gauge({ name: 'sessions', help: 'a', aggregator: 'max', registers }).set(sessions)
  const seconds = new Histogram({ name: 'seconds', help: 'a', buckets: [1], registers })
  for (let request = 0; request < requests; request++) seconds.observe(0.5)
  return registry.getMetricsAsJSON()
}

describe('createMetricSums', () => {
  it('adds counters, histograms and gauges, but not what each worker reads from the database', async () => {
    const sums = createMetricSums(() => 2)
    sums.update(1, await valuesOf({ requests: 3, running: 1, sessions: 7 }))
    sums.update(2, await valuesOf({ requests: 4, running: 2, sessions: 6 }))
    const text = await sums.text()
    for (const line of [
      'requests_total{route="/"} 7',
      'running 3',
      'sessions 7',
      'seconds_bucket{le="1"} 7',
      'seconds_sum 3.5',
      'waybill_workers 2',
      'waybill_worker_restarts_total 0',
    ]) {
      assert.ok(text.split('\n').includes(line), `${line} in\n${text}`)
    }
  })

  it('keeps what a worker has counted when it ends, and forgets its gauges', async () => {
    const sums = createMetricSums(() => 1)
    for (const worker of [1, 2, 3]) {
      sums.update(worker, await valuesOf({ requests: worker, running: 1, sessions: 1 }))
    }
    await sums.end(1)
    await sums.end(2)
    sums.countRestart()
    const text = await sums.text()
    for (const line of ['requests_total{route="/"} 6', 'running 1', 'waybill_worker_restarts_total 1']) {
      assert.ok(text.split('\n').includes(line), `${line} in\n${text}`)
    }
  })

  it('keeps what workers have counted that end together', async () => {
    const sums = createMetricSums(() => 1)
    for (const worker of [1, 2, 3]) {
      sums.update(worker, await valuesOf({ requests: worker, running: 1, sessions: 1 }))
    }
    const ends = [sums.end(1), sums.end(2)]
    assert.match(await sums.text(), /^requests_total\{route="\/"\} 6$/m)
    await Promise.all(ends)
    assert.match(await sums.text(), /^requests_total\{route="\/"\} 6$/m)
  })
})
