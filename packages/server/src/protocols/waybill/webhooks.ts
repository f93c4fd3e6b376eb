import { randomUUID } from 'node:crypto'
import { EVENT_TYPES } from '../../domain/events/event.ts'
import { createWebhook } from '../../operations/webhooks/create-webhook.ts'
import { deleteWebhook } from '../../operations/webhooks/delete-webhook.ts'
import { getWebhook } from '../../operations/webhooks/get-webhook.ts'
import { listDeliveries } from '../../operations/webhooks/list-deliveries.ts'
import { listWebhooks } from '../../operations/webhooks/list-webhooks.ts'
import { retryDelivery } from '../../operations/webhooks/retry-delivery.ts'
import { rotateWebhook } from '../../operations/webhooks/rotate-webhook.ts'
import type { Message } from '../../operations/webhooks/send-signed.ts'
import { testWebhook } from '../../operations/webhooks/test-webhook.ts'
import { updateWebhook } from '../../operations/webhooks/update-webhook.ts'
import { callerOf } from '../http/authenticated.ts'
import { endpoint } from '../http/endpoint.ts'
import { clientSignal } from '../http/event-stream.ts'
import { nullable, object } from '../http/json-schema.ts'
import { URLS } from '../urls.ts'
import { OrganizationParams } from './shapes.ts'
import { toTime } from './vector-store-shapes.ts'
import {
  AttemptBody,
  DeliveryBody,
  toAttemptBody,
  toDeliveryBody,
  toWebhookBody,
  WebhookBody,
} from './webhook-body.ts'

const WebhookParams = object({
  ...OrganizationParams.properties,
  webhook_id: { type: 'string', description: 'The `id` of the webhook.' },
})

const Url = {
  type: 'string',
  minLength: 1,
  maxLength: 2048,
  description: 'An https URL with a public address.',
  examples: ['https://receiver.example/waybill'],
} as const
const Types = {
  type: 'array',
  items: { type: 'string' },
  minItems: 1,
  maxItems: EVENT_TYPES.length + 1,
  description: 'The types of the events to send, or `*` for all, which is the default.',
  examples: [['file.created', 'vector_store.file.completed']],
} as const
const Description = nullable({ type: 'string', maxLength: 500 }, 'A text for people.')
const IsActive = { type: 'boolean', description: 'False: nothing is sent.' } as const

const WithSecret = object({
  ...WebhookBody.properties,
  secret: {
    type: 'string',
    description: 'The secret that signs the requests, `whsec_…`. No other response contains it.',
  },
})

const create = endpoint(
  {
    operation: createWebhook,
    method: 'POST',
    path: URLS.webhooks,
    tag: 'Webhooks',
    summary: 'Add a webhook; only this response contains its secret',
    description:
      'The service sends each event that happens from now on to the URL, signed as the specification of Standard Webhooks says. An ' +
      'answer with a status of 2xx ends the delivery. Others are repeated after 5 seconds, 1, 5 and 30 minutes, 2, 5, 10 ' +
      'and 10 hours. An organization can have 100 webhooks.',
    params: OrganizationParams,
    body: object({ url: Url }, { types: Types, description: Description, is_active: IsActive }),
    responses: { 201: { description: 'The webhook with its secret.', body: WithSecret } },
    errors: [],
  },
  ({ context }) =>
    async (request, reply) => {
      const { url, types = null, description = null, is_active: isActive = true } = request.body
      const input = { url, types, description, isActive }
      const { webhook, secret } = await createWebhook(context, callerOf(request), input)
      return reply.code(201).send({ ...toWebhookBody(webhook), secret })
    },
)

const list = endpoint(
  {
    operation: listWebhooks,
    method: 'GET',
    path: URLS.webhooks,
    tag: 'Webhooks',
    summary: 'List all webhooks, oldest first',
    params: OrganizationParams,
    responses: {
      200: {
        description: 'The webhooks.',
        body: object({ webhooks: { type: 'array', items: WebhookBody } }),
      },
    },
    errors: [],
  },
  ({ context }) =>
    async (request) => ({ webhooks: (await listWebhooks(context, callerOf(request))).map(toWebhookBody) }),
)

const get = endpoint(
  {
    operation: getWebhook,
    method: 'GET',
    path: URLS.webhook,
    tag: 'Webhooks',
    summary: 'Get a webhook',
    params: WebhookParams,
    responses: { 200: { description: 'The webhook.', body: WebhookBody } },
    errors: ['WEBHOOK_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) =>
      toWebhookBody(await getWebhook(context, callerOf(request), request.params.webhook_id)),
)

const update = endpoint(
  {
    operation: updateWebhook,
    method: 'PATCH',
    path: URLS.webhook,
    tag: 'Webhooks',
    summary: 'Change a webhook',
    description:
      'Absent fields do not change. `is_active: true` also activates a webhook that the service deactivated.',
    params: WebhookParams,
    body: {
      type: 'object',
      properties: { url: Url, types: Types, description: Description, is_active: IsActive },
      minProperties: 1,
    },
    responses: { 200: { description: 'The changed webhook.', body: WebhookBody } },
    errors: ['WEBHOOK_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const { is_active: isActive, ...rest } = request.body
      const fields = { ...rest, ...(isActive === undefined ? {} : { isActive }) }
      const input = { webhookId: request.params.webhook_id, fields }
      return toWebhookBody(await updateWebhook(context, callerOf(request), input))
    },
)

const remove = endpoint(
  {
    operation: deleteWebhook,
    method: 'DELETE',
    path: URLS.webhook,
    tag: 'Webhooks',
    summary: 'Delete a webhook',
    params: WebhookParams,
    responses: { 204: { description: 'The webhook is deleted, and nothing is sent to it any more.' } },
    errors: ['WEBHOOK_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      await deleteWebhook(context, callerOf(request), request.params.webhook_id)
      return reply.code(204).send()
    },
)

const rotate = endpoint(
  {
    operation: rotateWebhook,
    method: 'POST',
    path: URLS.rotateWebhook,
    tag: 'Webhooks',
    summary: 'Replace the secret; only this response contains the new one',
    description: 'For 24 hours, requests are signed with both secrets, so that no receiver misses one.',
    params: WebhookParams,
    responses: { 200: { description: 'The webhook with its new secret.', body: WithSecret } },
    errors: ['WEBHOOK_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const { webhook, secret } = await rotateWebhook(context, callerOf(request), request.params.webhook_id)
      return { ...toWebhookBody(webhook), secret }
    },
)

const test = endpoint(
  {
    operation: testWebhook,
    method: 'POST',
    path: URLS.testWebhook,
    tag: 'Webhooks',
    summary: 'Send a ping now',
    description: 'Sends an event of the type `ping`, and returns what came back, within 15 seconds.',
    params: WebhookParams,
    responses: {
      200: { description: 'The answer of the webhook, or why there was none.', body: AttemptBody },
    },
    errors: ['WEBHOOK_NOT_FOUND'],
  },
  ({ context }) =>
    async (request, reply) => {
      const caller = callerOf(request)
      const ping = pingOf(caller.organizationId, context.now())
      const input = { webhookId: request.params.webhook_id, ping, signal: clientSignal(reply) }
      return toAttemptBody(await testWebhook(context, caller, input))
    },
)

const deliveries = endpoint(
  {
    operation: listDeliveries,
    method: 'GET',
    path: URLS.webhookDeliveries,
    tag: 'Webhooks',
    summary: 'List deliveries, newest first',
    params: WebhookParams,
    query: object(
      { limit: { type: 'integer', minimum: 1, maximum: 100, default: 50 } },
      {
        after: {
          type: 'string',
          minLength: 1,
          maxLength: 128,
          description: 'The `next_cursor` of the page before.',
        },
      },
    ),
    responses: {
      200: {
        description: 'A page of deliveries.',
        body: object({
          deliveries: { type: 'array', items: DeliveryBody },
          has_more: { type: 'boolean' },
          next_cursor: nullable(
            { type: 'string' },
            'The value of `after` for the next page; null on the last page.',
          ),
        }),
      },
    },
    errors: ['WEBHOOK_NOT_FOUND', 'VALIDATION_ERROR'],
  },
  ({ context }) =>
    async (request) => {
      const { limit, after = null } = request.query
      const input = { webhookId: request.params.webhook_id, after, limit }
      const page = await listDeliveries(context, callerOf(request), input)
      const bodies = page.deliveries.map(toDeliveryBody)
      return {
        deliveries: bodies,
        has_more: page.hasMore,
        next_cursor: page.hasMore ? (bodies.at(-1)?.id ?? null) : null,
      }
    },
)

const retry = endpoint(
  {
    operation: retryDelivery,
    method: 'POST',
    path: URLS.retryWebhookDelivery,
    tag: 'Webhooks',
    summary: 'Send a delivery once more, now',
    params: object({
      ...WebhookParams.properties,
      delivery_id: { type: 'string', description: 'The `id` of the delivery.' },
    }),
    responses: { 200: { description: 'The delivery, which waits to be sent.', body: DeliveryBody } },
    errors: ['DELIVERY_NOT_FOUND'],
  },
  ({ context }) =>
    async (request) => {
      const { webhook_id: webhookId, delivery_id: deliveryId } = request.params
      return toDeliveryBody(await retryDelivery(context, callerOf(request), { webhookId, deliveryId }))
    },
)

export const WEBHOOKS = [create, list, get, update, remove, rotate, test, deliveries, retry]

function pingOf(organizationId: string, nowMs: number): Message {
  const id = `evt_${randomUUID().replaceAll('-', '')}`
  const event = { id, type: 'ping', created_at: toTime(nowMs), organization_id: organizationId }
  return { id, body: JSON.stringify({ ...event, data: { object: 'ping' } }) }
}
