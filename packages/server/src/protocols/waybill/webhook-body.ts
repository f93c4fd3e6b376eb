import { EVENT_TYPES } from '../../domain/events/event.ts'
import type { Delivery, DeliveryAttempt, Webhook } from '../../domain/webhooks/webhook.ts'
import { nullable, object, Time, type TypeOf } from '../http/json-schema.ts'
import { nullableTime, toTime, toTimeOrNull } from './vector-store-shapes.ts'

const ALL = '*'

export const WebhookBody = object({
  id: { type: 'string', examples: ['whk_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  url: { type: 'string', examples: ['https://receiver.example/waybill'] },
  types: {
    type: 'array',
    items: { type: 'string', enum: [...EVENT_TYPES, ALL] },
    description: 'The types of the events that are sent; `*` for all.',
  },
  description: nullable({ type: 'string' }, 'A text for people.'),
  is_active: { type: 'boolean', description: 'False: nothing is sent.' },
  deactivation: nullable(
    { type: 'string', enum: ['gone', 'failing'] },
    'Why the service deactivated the webhook: it answered 410, or nothing succeeded for 5 days. Null otherwise.',
  ),
  failing_since: nullableTime(
    'The first failure since the last success; null if the last attempt succeeded.',
  ),
  created_at: Time,
  updated_at: Time,
})
export type WebhookBody = TypeOf<typeof WebhookBody>

export const AttemptBody = object({
  at: Time,
  duration_ms: { type: 'integer' },
  status: nullable({ type: 'integer' }, 'The status of the answer; null if there was none.'),
  error: nullable({ type: 'string' }, 'Why there was no answer; null if there was one.'),
  response: { type: 'string', description: 'The first 1,024 bytes of the answer.' },
})
export type AttemptBody = TypeOf<typeof AttemptBody>

export const DeliveryBody = object({
  id: { type: 'string', examples: ['whd_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'] },
  event_id: { type: 'string', description: 'The id of the event, which is the header `webhook-id`.' },
  event_type: { type: 'string', enum: EVENT_TYPES },
  state: { type: 'string', enum: ['waiting', 'running', 'delivered', 'failed'] },
  attempts: { type: 'array', items: AttemptBody, description: 'The attempts, oldest first.' },
  created_at: Time,
  next_attempt_at: nullableTime('The time of the next attempt; null if there is none.'),
})
export type DeliveryBody = TypeOf<typeof DeliveryBody>

export function toWebhookBody(webhook: Webhook): WebhookBody {
  return {
    id: webhook.id,
    url: webhook.url,
    types: webhook.types === null ? [ALL] : [...webhook.types],
    description: webhook.description,
    is_active: webhook.isActive,
    deactivation: webhook.deactivation,
    failing_since: toTimeOrNull(webhook.failingSinceMs),
    created_at: toTime(webhook.createdAtMs),
    updated_at: toTime(webhook.updatedAtMs),
  }
}

export function toAttemptBody({ atMs, durationMs, status, error, answer }: DeliveryAttempt): AttemptBody {
  return { at: toTime(atMs), duration_ms: durationMs, status, error, response: answer }
}

export function toDeliveryBody(delivery: Delivery): DeliveryBody {
  return {
    id: delivery.id,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    state: delivery.state,
    attempts: delivery.attempts.map(toAttemptBody),
    created_at: toTime(delivery.createdAtMs),
    next_attempt_at: toTimeOrNull(delivery.nextAttemptAtMs),
  }
}
