import type { EventType } from '../../domain/events/event.ts'
import type {
  Delivery,
  DeliveryAttempt,
  DeliveryState,
  Webhook,
  WebhookDeactivation,
} from '../../domain/webhooks/webhook.ts'
import type { Row } from './rows.ts'

export function toWebhook(row: Row): Webhook {
  return {
    id: String(row.id),
    organizationId: String(row.organization_id),
    url: String(row.url),
    types: row.types === null ? null : (JSON.parse(String(row.types)) as EventType[]),
    description: row.description === null ? null : String(row.description),
    isActive: Number(row.is_active) === 1,
    deactivation: row.deactivation as WebhookDeactivation | null,
    failingSinceMs: row.failing_since_ms === null ? null : Number(row.failing_since_ms),
    createdAtMs: Number(row.created_at_ms),
    updatedAtMs: Number(row.updated_at_ms),
  }
}

export function toDelivery(row: Row): Delivery {
  const state = String(row.state) as DeliveryState
  return {
    id: String(row.id),
    webhookId: String(row.webhook_id),
    eventId: String(row.event_id),
    eventType: String(row.event_type) as EventType,
    state,
    attempts: JSON.parse(String(row.attempts)) as DeliveryAttempt[],
    createdAtMs: Number(row.created_at_ms),
    nextAttemptAtMs: state === 'waiting' ? Number(row.run_at_ms) : null,
  }
}
