import { Counter, Histogram, type Registry } from 'prom-client'
import type { AttemptOutcome, ObserveAttempt } from '../domain/webhooks/webhook.ts'

const DURATION_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]
const OUTCOMES: readonly AttemptOutcome[] = ['delivered', 'refused', 'failed']

/** Registers the metrics of attempts at deliveries. Returns the observer that counts them. No label names a webhook. */
export function createWebhookMetrics(registry: Registry): ObserveAttempt {
  const attempts = new Counter({
    name: 'waybill_webhook_attempts_total',
    help: 'Requests to webhooks by outcome: delivered (2xx), refused (another status), or failed without an answer.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'waybill_webhook_attempt_duration_seconds',
    help: 'Time of a request to a webhook.',
    labelNames: ['outcome'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  })
  for (const outcome of OUTCOMES) attempts.inc({ outcome }, 0)
  return (outcome, durationMs) => {
    attempts.inc({ outcome })
    durations.observe({ outcome }, durationMs / 1000)
  }
}
