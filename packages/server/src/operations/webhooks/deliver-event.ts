import type { ClaimedDelivery, DeliveryOutcome } from '../../database/records/webhooks.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { Event } from '../../domain/events/event.ts'
import {
  DEACTIVATE_AFTER_MS,
  type DeliveryAttempt,
  isSuccess,
  retryDelayMs,
  type Webhook,
} from '../../domain/webhooks/webhook.ts'
import { defineOperation } from '../define-operation.ts'
import { type SendContext, sendSigned } from './send-signed.ts'

export interface DeliverInput {
  readonly claimed: ClaimedDelivery
  /** Returns the event as receivers get it. */
  bodyOf(event: Event): string
  /** Aborts when the process stops. */
  readonly signal: AbortSignal
}

const GONE_STATUS = 410

/**
 * Sends a claimed delivery and records the attempt. Returns the endpoint's state after it: true when it was deactivated.
 * An attempt that the end of the process interrupts is not recorded; the delivery is repeated.
 */
export const deliverEvent = defineOperation(
  {
    action: 'deactivateWebhook',
    kind: 'change',
    scope: 'operator',
    targetOf: ({ claimed }: DeliverInput) => claimed.webhook.id,
    hasChanged: (isDeactivated: boolean) => isDeactivated,
  },
  async (context: SendContext, _job: Caller, { claimed, bodyOf, signal }: DeliverInput): Promise<boolean> => {
    const { database, now } = context
    const { event, delivery, webhook } = claimed
    const attempt =
      event === null
        ? { atMs: now(), durationMs: 0, status: null, error: 'The event is not kept any more.', answer: '' }
        : await sendSigned(context, webhook, { id: event.id, body: bodyOf(event) }, signal)
    if (signal.aborted) {
      await database.webhooks.release([claimed])
      return false
    }
    const nowMs = now()
    const outcome = outcomeOf(webhook, attempt, event === null ? null : delivery.attempts.length + 1, nowMs)
    const isRecorded = await database.webhooks.finish(claimed, attempt, outcome, nowMs)
    return isRecorded && outcome.deactivation !== null
  },
)

/** `failed` is the number of attempts, or null for a delivery that cannot be repeated. */
function outcomeOf(
  { failingSinceMs }: Webhook,
  attempt: DeliveryAttempt,
  failed: number | null,
  nowMs: number,
): DeliveryOutcome {
  if (isSuccess(attempt)) return { isDelivered: true, retryAtMs: null, deactivation: null }
  if (attempt.status === GONE_STATUS) return { isDelivered: false, retryAtMs: null, deactivation: 'gone' }
  const delayMs = failed === null ? null : retryDelayMs(failed)
  const isFailing = failingSinceMs !== null && nowMs - failingSinceMs >= DEACTIVATE_AFTER_MS
  return {
    isDelivered: false,
    retryAtMs: delayMs === null ? null : nowMs + delayMs,
    deactivation: isFailing ? 'failing' : null,
  }
}
