import { randomUUID } from 'node:crypto'
import type { EventType } from '../../domain/events/event.ts'
import { createId } from '../../domain/ids.ts'
import type { DeliveryAttempt } from '../../domain/webhooks/webhook.ts'
import type { ClaimedDelivery, DeliveryOutcome, WebhookRecords } from '../records/webhooks.ts'
import { toEvent } from './event-rows.ts'
import type { Row } from './rows.ts'
import type { Parameters } from './statements.ts'
import {
  changeRows,
  type Dialect,
  getRow,
  getRows,
  type Steps,
  type Transactions,
  toJsonParameter,
} from './transactions.ts'
import { toDelivery, toWebhook } from './webhook-rows.ts'

/** Deliveries of one endpoint that run at a time. An endpoint that fails, or has never succeeded, gets one. */
const MAX_RUNNING = 8

type DeliveryRecords = Pick<
  WebhookRecords,
  | 'retryDelivery'
  | 'dispatch'
  | 'claim'
  | 'finish'
  | 'release'
  | 'releaseExpired'
  | 'countDeliveries'
  | 'forgetDeliveries'
>

/**
 * Sets the time at which the endpoint has something to run. It is null while as many deliveries run as may; the end of one
 * sets it again.
 */
const SCHEDULE = `
  UPDATE webhooks SET next_run_at_ms = CASE
    WHEN (SELECT count(*) FROM webhook_deliveries WHERE webhook_id = $webhookId AND state = 'running')
      >= CASE WHEN is_proven = 1 AND failing_since_ms IS NULL THEN ${MAX_RUNNING} ELSE 1 END THEN NULL
    ELSE (SELECT run_at_ms FROM webhook_deliveries WHERE webhook_id = $webhookId AND state = 'waiting'
      ORDER BY run_at_ms LIMIT 1) END
  WHERE id = $webhookId`

const DUE = 'is_active = 1 AND next_run_at_ms <= $nowMs'

const ANY_WEBHOOK = 'SELECT 1 AS found FROM webhooks LIMIT 1'

const OWNED = "id = $deliveryId AND lease_token = $leaseToken AND state = 'running'"

const EXPIRED = "state = 'running' AND lease_until_ms <= $nowMs"

/** Steps of deliveries, equal on both databases. They lock an endpoint before its deliveries. */
export function createDeliveryStatements({ get, transact, free, dialect }: Transactions): DeliveryRecords {
  return {
    retryDelivery: (organizationId, webhookId, deliveryId, nowMs) =>
      transact(function* () {
        yield* lockWebhook(dialect, webhookId)
        const { rows } = yield* changeRows(
          `UPDATE webhook_deliveries SET state = 'waiting', run_at_ms = $nowMs
           WHERE id = $deliveryId AND webhook_id = $webhookId AND organization_id = $organizationId
             AND state <> 'running' RETURNING *`,
          { organizationId, webhookId, deliveryId, nowMs },
        )
        yield* changeRows(SCHEDULE, { webhookId })
        return rows[0] === undefined ? null : toDelivery(rows[0])
      }),

    // Most calls of these find nothing, and need no transaction.
    dispatch: async (untilPosition, limit, nowMs) => {
      if ((await get(ANY_WEBHOOK)) === null) return 0
      return transact(() => dispatch(dialect, { untilPosition, limit, nowMs }))
    },

    claim: async (nowMs, leaseUntilMs, max, except = []) => {
      const isDue = (await get(`SELECT 1 AS found FROM webhooks WHERE ${DUE} LIMIT 1`, { nowMs })) !== null
      return isDue ? transact(() => claim(dialect, { nowMs, leaseUntilMs, max, except })) : []
    },

    finish: (claimed, attempt, outcome, nowMs) =>
      free(() => finish(dialect, claimed, { attempt, outcome, nowMs })),

    release: (claimed) =>
      transact(function* () {
        for (const { delivery, leaseToken } of claimed) {
          yield* giveBack(dialect, delivery.webhookId, OWNED, { deliveryId: delivery.id, leaseToken })
        }
      }),

    releaseExpired: async (nowMs, limit) => {
      const expired = await get(`SELECT 1 AS found FROM webhook_deliveries WHERE ${EXPIRED} LIMIT 1`, {
        nowMs,
      })
      if (expired === null) return 0
      return transact(function* () {
        const rows = yield* getRows(
          `SELECT id, webhook_id FROM webhook_deliveries WHERE ${EXPIRED} ORDER BY lease_until_ms LIMIT $limit`,
          { nowMs, limit },
        )
        for (const row of rows) {
          const expired = { deliveryId: String(row.id), nowMs }
          yield* giveBack(dialect, String(row.webhook_id), `id = $deliveryId AND ${EXPIRED}`, expired)
        }
        return rows.length
      })
    },

    countDeliveries: async (limit) => {
      const row = await get(
        `SELECT
           (SELECT count(*) FROM (SELECT 1 FROM webhook_deliveries WHERE state = 'waiting'
             AND webhook_id IN (SELECT id FROM webhooks WHERE is_active = 1) LIMIT $limit) AS counted) AS waiting,
           (SELECT count(*) FROM (SELECT 1 FROM webhook_deliveries WHERE state = 'running' LIMIT $limit) AS counted)
             AS running`,
        { limit },
      )
      return { waiting: Number(row?.waiting), running: Number(row?.running) }
    },

    forgetDeliveries: (beforeMs, limit) =>
      free(function* () {
        const { count } = yield* changeRows(
          `DELETE FROM webhook_deliveries WHERE id IN (
             SELECT id FROM webhook_deliveries WHERE created_at_ms < $beforeMs ORDER BY created_at_ms LIMIT $limit)`,
          { beforeMs, limit },
        )
        return count
      }),
  }
}

function* lockWebhook({ forUpdate }: Dialect, webhookId: string): Steps<Row | null> {
  return yield* getRow(`SELECT * FROM webhooks WHERE id = $webhookId ${forUpdate}`, { webhookId })
}

/** Makes a running delivery wait again, when it still fulfils the condition. */
function* giveBack(
  dialect: Dialect,
  webhookId: string,
  condition: string,
  parameters: Parameters,
): Steps<void> {
  yield* lockWebhook(dialect, webhookId)
  yield* changeRows(
    `UPDATE webhook_deliveries SET state = 'waiting', lease_token = NULL, lease_until_ms = NULL WHERE ${condition}`,
    parameters,
  )
  yield* changeRows(SCHEDULE, { webhookId })
}

function* dispatch(
  dialect: Dialect,
  { untilPosition, limit, nowMs }: Readonly<Record<'untilPosition' | 'limit' | 'nowMs', number>>,
): Steps<number> {
  if ((yield* getRow(ANY_WEBHOOK)) === null) return 0
  const state = yield* getRow(`SELECT webhook_position FROM event_state ${dialect.forUpdate}`)
  const position = Number(state?.webhook_position ?? 0)
  const events = yield* getRows(
    `SELECT id, organization_id, position, type FROM events
     WHERE position > $position AND position <= $untilPosition ORDER BY position LIMIT $limit`,
    { position, untilPosition, limit },
  )
  const last = events.at(-1)
  if (last === undefined) return 0
  const organizationIds = toJsonParameter([...new Set(events.map((row) => String(row.organization_id)))])
  const webhooks = yield* getRows(
    `SELECT * FROM webhooks WHERE is_active = 1 AND ${dialect.isOneOf('organization_id', '$organizationIds')}`,
    { organizationIds },
  )
  const deliveries = events.flatMap((event) =>
    webhooks.filter((webhook) => wants(webhook, event)).map((webhook) => deliveryOf(webhook, event)),
  )
  yield* changeRows(
    `INSERT INTO webhook_deliveries (id, organization_id, webhook_id, event_id, event_type, state, attempts, run_at_ms,
       created_at_ms)
     SELECT item.value ->> 'id', item.value ->> 'organizationId', item.value ->> 'webhookId', item.value ->> 'eventId',
       item.value ->> 'eventType', 'waiting', '[]', $nowMs, $nowMs
     FROM ${dialect.jsonItems('$deliveries')}`,
    { deliveries: toJsonParameter(deliveries), nowMs },
  )
  const webhookIds = [...new Set(deliveries.map(({ webhookId }) => webhookId))].sort()
  for (const webhookId of webhookIds) yield* changeRows(SCHEDULE, { webhookId })
  yield* changeRows('UPDATE event_state SET webhook_position = $position', {
    position: Number(last.position),
  })
  return events.length
}

function wants(webhook: Row, event: Row): boolean {
  if (webhook.organization_id !== event.organization_id) return false
  if (Number(event.position) <= Number(webhook.from_position)) return false
  const { types } = toWebhook(webhook)
  return types?.includes(String(event.type) as EventType) ?? true
}

function deliveryOf(webhook: Row, event: Row) {
  return {
    id: createId('whd'),
    organizationId: String(webhook.organization_id),
    webhookId: String(webhook.id),
    eventId: String(event.id),
    eventType: String(event.type),
  }
}

interface Claim extends Readonly<Record<'nowMs' | 'leaseUntilMs' | 'max', number>> {
  readonly except: readonly string[]
}

/** Claims the next delivery of each endpoint that has one due, so that none waits for another endpoint's. */
function* claim(dialect: Dialect, { nowMs, leaseUntilMs, max, except }: Claim): Steps<ClaimedDelivery[]> {
  const webhooks = yield* getRows(
    `SELECT * FROM webhooks WHERE ${DUE} AND NOT ${dialect.isOneOf("id || ''", '$except')}
     ORDER BY next_run_at_ms LIMIT $max ${dialect.forUpdateSkipLocked}`,
    { nowMs, max, except: toJsonParameter(except) },
  )
  const claimed: ClaimedDelivery[] = []
  const leaseToken = randomUUID()
  for (const webhook of webhooks) {
    const webhookId = String(webhook.id)
    const { rows } = yield* changeRows(
      `UPDATE webhook_deliveries SET state = 'running', lease_token = $leaseToken, lease_until_ms = $leaseUntilMs
       WHERE id = (SELECT id FROM webhook_deliveries WHERE webhook_id = $webhookId AND state = 'waiting'
         AND run_at_ms <= $nowMs ORDER BY run_at_ms, id LIMIT 1)
       RETURNING *`,
      { webhookId, nowMs, leaseUntilMs, leaseToken },
    )
    yield* changeRows(SCHEDULE, { webhookId })
    const [row] = rows
    if (row === undefined) continue
    const event = yield* getRow('SELECT * FROM events WHERE id = $eventId', { eventId: String(row.event_id) })
    claimed.push({
      ...{ delivery: toDelivery(row), webhook: toWebhook(webhook), leaseToken },
      event: event && toEvent(event),
    })
  }
  return claimed
}

interface Finished {
  readonly attempt: DeliveryAttempt
  readonly outcome: DeliveryOutcome
  readonly nowMs: number
}

function* finish(
  dialect: Dialect,
  { delivery, leaseToken }: ClaimedDelivery,
  { attempt, outcome, nowMs }: Finished,
): Steps<boolean> {
  const { isDelivered, retryAtMs, deactivation } = outcome
  const { webhookId } = delivery
  yield* lockWebhook(dialect, webhookId)
  const ended = isDelivered ? 'delivered' : 'failed'
  const { count } = yield* changeRows(
    `UPDATE webhook_deliveries SET state = $state, attempts = $attempts, run_at_ms = $runAtMs, lease_token = NULL,
       lease_until_ms = NULL
     WHERE ${OWNED}`,
    {
      ...{ deliveryId: delivery.id, leaseToken },
      state: retryAtMs === null ? ended : 'waiting',
      attempts: JSON.stringify([...delivery.attempts, attempt]),
      runAtMs: retryAtMs ?? nowMs,
    },
  )
  if (count === 0) return false
  if (isDelivered) {
    yield* changeRows('UPDATE webhooks SET is_proven = 1, failing_since_ms = NULL WHERE id = $webhookId', {
      webhookId,
    })
  } else {
    yield* changeRows(
      'UPDATE webhooks SET failing_since_ms = COALESCE(failing_since_ms, $nowMs) WHERE id = $webhookId',
      { webhookId, nowMs },
    )
  }
  if (deactivation !== null) {
    yield* changeRows(
      `UPDATE webhooks SET is_active = 0, deactivation = $deactivation, updated_at_ms = $nowMs
       WHERE id = $webhookId AND is_active = 1`,
      { webhookId, deactivation, nowMs },
    )
  }
  yield* changeRows(SCHEDULE, { webhookId })
  return true
}
