import type { EventType } from '../events/event.ts'

/** Endpoint of an organization that gets events by HTTP. */
export interface Webhook {
  /** `whk_…`. */
  readonly id: string
  readonly organizationId: string
  readonly url: string
  /** Types of the wanted events; null for all. */
  readonly types: readonly EventType[] | null
  readonly description: string | null
  readonly isActive: boolean
  /** Reason why the service deactivated the endpoint; null when it is active, or an administrator did that. */
  readonly deactivation: WebhookDeactivation | null
  /** Start of the failures since the last success; null when the last attempt succeeded, or there was none. */
  readonly failingSinceMs: number | null
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** `gone`: the endpoint answered 410. `failing`: no delivery succeeded for `DEACTIVATE_AFTER_MS`. */
export type WebhookDeactivation = 'gone' | 'failing'

/** Secrets as they are stored: sealed when the operator has set a key. */
export interface WebhookSecrets {
  readonly secret: string
  /** Secret before the last rotation; null when it does not sign any more. */
  readonly previous: string | null
}

export type DeliveryState = 'waiting' | 'running' | 'delivered' | 'failed'

/** One event for one endpoint. */
export interface Delivery {
  /** `whd_…`. */
  readonly id: string
  readonly webhookId: string
  readonly eventId: string
  readonly eventType: EventType
  readonly state: DeliveryState
  /** Attempts, oldest first. */
  readonly attempts: readonly DeliveryAttempt[]
  readonly createdAtMs: number
  /** Time of the next attempt; null when there is none. */
  readonly nextAttemptAtMs: number | null
}

export interface DeliveryAttempt {
  readonly atMs: number
  readonly durationMs: number
  /** Status of the answer; null when there was none. */
  readonly status: number | null
  /** Reason why there was no answer; null when there was one. */
  readonly error: string | null
  /** First bytes of the answer as text. */
  readonly answer: string
}

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** Delays before the attempts after the first one. */
const RETRY_DELAYS_MS = [
  5 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  10 * HOUR_MS,
] as const
/** Part by which a delay may be longer or shorter, so that retries of many deliveries do not come together. */
const JITTER = 0.2

/** Time without a success after which an endpoint is deactivated. */
export const DEACTIVATE_AFTER_MS = 5 * 24 * HOUR_MS

/** Time in which the old secret signs beside the new one. */
export const SECRET_OVERLAP_MS = 24 * HOUR_MS

/** Limit of the endpoints of one organization. */
export const MAX_WEBHOOKS = 100

/** Returns the delay before the next attempt after `failed` failed ones; null when there is no other. */
export function retryDelayMs(failed: number, random: () => number = Math.random): number | null {
  const delayMs = RETRY_DELAYS_MS[failed - 1]
  return delayMs === undefined ? null : Math.round(delayMs * (1 - JITTER + 2 * JITTER * random()))
}

/** Returns true for an answer that ends a delivery: Standard Webhooks counts any 2xx as success. */
export function isSuccess({ status }: Pick<DeliveryAttempt, 'status'>): boolean {
  return status !== null && status >= 200 && status < 300
}

/** Result of an attempt in metrics: `refused` by a status that is no success, `failed` without an answer. */
export type AttemptOutcome = 'delivered' | 'refused' | 'failed'

/** Observer of attempts at deliveries. It must not throw. */
export type ObserveAttempt = (outcome: AttemptOutcome, durationMs: number) => void

export function attemptOutcome(attempt: DeliveryAttempt): AttemptOutcome {
  if (isSuccess(attempt)) return 'delivered'
  return attempt.status === null ? 'failed' : 'refused'
}
