import cluster from 'node:cluster'
import type { Logger } from 'pino'
import type { Config } from '../../config.ts'
import { createLogger, exitAfterFlush } from '../../logger.ts'
import type { OperatorHealth } from '../../observe/operator-health.ts'
import type { OperatorPort } from '../../observe/operator-port.ts'
import type { MetricSums } from '../../observe/sum-metrics.ts'
import { DRAIN_MS, SIGNALS } from '../drain-on-signal.ts'
import { logAddresses } from '../listen.ts'
import { opening } from '../opening.ts'
import { createWorkerPool, type WorkerPool } from './worker-pool.ts'

/** Time in which a second signal is the echo of the first: one to the process group may arrive twice. */
const ECHO_MS = 1000
/** Time beyond the drain of the workers after which they are killed. */
const KILL_AFTER_MS = 2000

/**
 * Serves with several workers, until a signal. Throws the error of a worker that cannot start. This process opens neither
 * the data nor a port for clients: it starts workers, replaces those that end, and answers on the operator's port for all
 * of them.
 */
export async function superviseWorkers(config: Config): Promise<void> {
  const logger = await createLogger(config.logLevel)
  // The workers accept from one socket. A connection that this process hands over costs it time, and hangs when the
  // worker dies before it has taken it.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  let sums: MetricSums | null = null
  const pool = createWorkerPool({
    logger,
    onEnd: (pid) => void sums?.end(pid),
    onRestart: () => sums?.countRestart(),
    onFailure: () => {
      pool.kill()
      exitAfterFlush(1)
    },
  })
  const started = endOnSignal(pool)
  let port: OperatorPort | null = null
  try {
    sums = await createSums(config, pool)
    port = sums && (await openOperatorPort(config, pool, sums, logger))
    const addresses = await pool.start(config.workers)
    started()
    drainOnSignal(pool, logger)
    logAddresses(config, addresses, logger)
    const { url } = addresses
    logger.info({ url, data: config.dataDirectory, workers: config.workers }, 'listening')
  } catch (error) {
    port?.close()
    await pool.drain()
    throw error
  }
}

/** Ends all on a signal during the start. Returns a function that is called after the start. */
function endOnSignal(pool: WorkerPool): () => void {
  const end = (_signal: NodeJS.Signals, number: number) => {
    pool.kill()
    process.exit(128 + number)
  }
  for (const signal of SIGNALS) process.on(signal, end)
  return () => {
    for (const signal of SIGNALS) process.off(signal, end)
  }
}

/** Makes all workers drain on the first signal, and ends them at once on a later one. */
function drainOnSignal(pool: WorkerPool, logger: Logger): void {
  let drainingSinceMs: number | null = null
  const end = () => {
    pool.kill()
    exitAfterFlush(1)
  }
  const drain = async (signal: NodeJS.Signals) => {
    if (drainingSinceMs !== null) {
      if (performance.now() - drainingSinceMs > ECHO_MS) end()
      return
    }
    drainingSinceMs = performance.now()
    logger.info({ signal }, 'draining')
    setTimeout(end, DRAIN_MS + KILL_AFTER_MS).unref()
    const isGood = await pool.drain()
    logger.info('stopped')
    exitAfterFlush(isGood ? 0 : 1)
  }
  for (const signal of SIGNALS) process.on(signal, drain)
}

async function createSums({ metrics }: Config, pool: WorkerPool): Promise<MetricSums | null> {
  return metrics && (await import('../../observe/sum-metrics.ts')).createMetricSums(pool.serving)
}

/** Opens the operator's port of the whole service; returns null when it is not configured. */
async function openOperatorPort(
  { metrics: address, workers }: Config,
  pool: WorkerPool,
  sums: MetricSums,
  logger: Logger,
): Promise<OperatorPort | null> {
  if (address === null) return null
  const { openMetricsPort } = await import('../../observe/open-metrics-port.ts')
  const pages = {
    metrics: async () => {
      for (const [pid, { metrics }] of await pool.reports()) sums.update(pid, metrics)
      return { contentType: sums.contentType, text: await sums.text() }
    },
    health: () => healthOf(pool, workers),
  }
  const port = await opening(`METRICS_HOST and METRICS_PORT (${address.host}:${address.port})`, () =>
    openMetricsPort(address, pages),
  )
  logger.info({ url: `${port.url}/metrics` }, 'serving metrics')
  return port
}

/** Returns the health of the service: the worst of its workers, with the jobs of the one that has them. */
async function healthOf(pool: WorkerPool, workers: number): Promise<OperatorHealth> {
  const all = [...(await pool.reports()).values()].map(({ health }) => health)
  const worst = all.find(({ status }) => status !== 200) ?? all[0]
  const counts = { total: workers, serving: pool.serving() }
  const uptime_seconds = Math.round(process.uptime())
  if (worst === undefined) return { status: 503, body: { status: 'down', uptime_seconds, workers: counts } }
  const { jobs, queues } = all[0]?.body ?? worst.body
  return { status: worst.status, body: { ...worst.body, uptime_seconds, jobs, queues, workers: counts } }
}
