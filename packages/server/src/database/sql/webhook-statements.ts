import type { Webhook } from '../../domain/webhooks/webhook.ts'
import type { WebhookChanges, WebhookRecords } from '../records/webhooks.ts'
import { createDeliveryStatements } from './delivery-statements.ts'
import { ENSURE_EVENT_STATE } from './event-statements.ts'
import { changeRows, type Dialect, getRow, type Steps, type Transactions } from './transactions.ts'
import { toDelivery, toWebhook } from './webhook-rows.ts'

const OF_WEBHOOK = 'id = $webhookId AND organization_id = $organizationId'
const FIND = `SELECT * FROM webhooks WHERE ${OF_WEBHOOK}`
const OF_DELIVERIES = 'webhook_id = $webhookId AND organization_id = $organizationId'

const INSERT = `
  INSERT INTO webhooks (id, organization_id, url, types, description, is_active, deactivation, secret, from_position,
    is_proven, created_at_ms, updated_at_ms)
  SELECT $id, $organizationId, $url, $types, $description, $isActive, NULL, $secret, event_state.position,
    0, $createdAtMs, $createdAtMs
  FROM event_state WHERE (SELECT count(*) FROM webhooks WHERE organization_id = $organizationId) < $max`

/** An endpoint that is activated again counts as one that does not fail. */
const UPDATE = `
  UPDATE webhooks SET url = $url, types = $types, description = $description, is_active = $isActive,
    deactivation = CASE WHEN $isActive = 1 THEN NULL ELSE deactivation END,
    failing_since_ms = CASE WHEN $isActive = 1 AND is_active = 0 THEN NULL ELSE failing_since_ms END,
    is_proven = CASE WHEN url = $url THEN is_proven ELSE 0 END,
    next_run_at_ms = (SELECT min(run_at_ms) FROM webhook_deliveries WHERE webhook_id = $webhookId AND state = 'waiting'),
    updated_at_ms = $nowMs
  WHERE ${OF_WEBHOOK} RETURNING *`

const ROTATE = `
  UPDATE webhooks SET previous_secret = secret, previous_secret_until_ms = $previousUntilMs, secret = $secret,
    updated_at_ms = $nowMs
  WHERE ${OF_WEBHOOK} RETURNING *`

/** Endpoints and deliveries, equal on both databases. */
export function createWebhookStatements(transactions: Transactions): WebhookRecords {
  const { all, get, change, transact, free, dialect } = transactions
  return {
    ...createDeliveryStatements(transactions),

    create: (organizationId, webhook, secret, max) =>
      transact(() => create(dialect, organizationId, webhook, secret, max)),

    list: async (organizationId) => {
      const rows = await all(
        'SELECT * FROM webhooks WHERE organization_id = $organizationId ORDER BY created_at_ms, id',
        { organizationId },
      )
      return rows.map(toWebhook)
    },

    find: async (organizationId, webhookId) => {
      const row = await get(FIND, { organizationId, webhookId })
      return row && toWebhook(row)
    },

    findSecrets: async (organizationId, webhookId, nowMs) => {
      const row = await get(FIND, { organizationId, webhookId })
      if (row === null) return null
      const isPrevious = row.previous_secret !== null && Number(row.previous_secret_until_ms) > nowMs
      return { secret: String(row.secret), previous: isPrevious ? String(row.previous_secret) : null }
    },

    update: (organizationId, webhookId, changes, nowMs) =>
      transact(() => update(dialect, { organizationId, webhookId }, changes, nowMs)),

    rotate: async (organizationId, webhookId, secret, previousUntilMs, nowMs) => {
      const { rows } = await change(ROTATE, { organizationId, webhookId, secret, previousUntilMs, nowMs })
      return rows[0] === undefined ? null : toWebhook(rows[0])
    },

    delete: async (organizationId, webhookId) =>
      free(function* () {
        return (
          (yield* changeRows(`DELETE FROM webhooks WHERE ${OF_WEBHOOK}`, { organizationId, webhookId }))
            .count > 0
        )
      }),

    listDeliveries: async (organizationId, webhookId, { after, limit }) => {
      const rows = await all(
        `SELECT * FROM webhook_deliveries WHERE ${OF_DELIVERIES}
           ${after === null ? '' : 'AND (created_at_ms, id) < ($afterTimeMs, $afterId)'}
         ORDER BY created_at_ms DESC, id DESC LIMIT $limit + 1`,
        {
          ...{ organizationId, webhookId, limit },
          ...(after && { afterTimeMs: after.timeMs, afterId: after.id }),
        },
      )
      return { deliveries: rows.slice(0, limit).map(toDelivery), hasMore: rows.length > limit }
    },

    findDeliveryPosition: async (organizationId, webhookId, deliveryId) => {
      const row = await get(
        `SELECT created_at_ms, id FROM webhook_deliveries WHERE id = $deliveryId AND ${OF_DELIVERIES}`,
        { organizationId, webhookId, deliveryId },
      )
      return row && { timeMs: Number(row.created_at_ms), id: String(row.id) }
    },
  }
}

function* create(
  dialect: Dialect,
  organizationId: string,
  webhook: Webhook,
  secret: string,
  max: number,
): Steps<boolean> {
  const { id, url, description, createdAtMs } = webhook
  // Concurrent creations must not exceed the limit together.
  yield* getRow(`SELECT id FROM organizations WHERE id = $organizationId ${dialect.forUpdate}`, {
    organizationId,
  })
  yield* changeRows(ENSURE_EVENT_STATE)
  // Without an endpoint, events are not looked at.
  yield* changeRows(
    'UPDATE event_state SET webhook_position = position WHERE NOT EXISTS (SELECT 1 FROM webhooks)',
  )
  const { count } = yield* changeRows(INSERT, {
    ...{ id, organizationId, url, description, createdAtMs, secret, max },
    types: webhook.types && JSON.stringify(webhook.types),
    isActive: webhook.isActive ? 1 : 0,
  })
  return count > 0
}

function* update(
  dialect: Dialect,
  scope: Readonly<Record<'organizationId' | 'webhookId', string>>,
  changes: WebhookChanges,
  nowMs: number,
): Steps<Webhook | null> {
  const row = yield* getRow(`${FIND} ${dialect.forUpdate}`, scope)
  if (row === null) return null
  const { url, types, description, isActive } = { ...toWebhook(row), ...changes }
  const { rows } = yield* changeRows(UPDATE, {
    ...scope,
    ...{ url, description, nowMs, types: types && JSON.stringify(types), isActive: isActive ? 1 : 0 },
  })
  return rows[0] === undefined ? null : toWebhook(rows[0])
}
