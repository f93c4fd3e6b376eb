import type { Api, CallOptions } from './api.ts'
import type {
  CreatedWebhook,
  CreateWebhookBody,
  ListDeliveriesAnswer,
  ListDeliveriesQuery,
  ListWebhooksAnswer,
  TestWebhookAnswer,
  UpdateWebhookBody,
  Webhook,
  WebhookDelivery,
} from './api-types.ts'
import { type Listed, listed, nextAfter } from './pages.ts'

/** Endpoints that get events by HTTP. All operations need a key with the scope `admin`. */
export interface Webhooks {
  /** Adds a webhook. Only this response contains its `secret`. */
  create(body: CreateWebhookBody, options?: CallOptions): Promise<CreatedWebhook>
  /** Returns all webhooks, oldest first. */
  list(options?: CallOptions): Promise<readonly Webhook[]>
  get(webhookId: string, options?: CallOptions): Promise<Webhook>
  update(webhookId: string, body: UpdateWebhookBody, options?: CallOptions): Promise<Webhook>
  delete(webhookId: string, options?: CallOptions): Promise<void>
  /** Replaces the secret; the old one signs for another day. Only this response contains the new `secret`. */
  rotate(webhookId: string, options?: CallOptions): Promise<CreatedWebhook>
  /** Sends a `ping` now, and returns what came back. */
  test(webhookId: string, options?: CallOptions): Promise<TestWebhookAnswer>
  /** Lists the deliveries of a webhook, newest first. */
  listDeliveries(
    webhookId: string,
    query?: ListDeliveriesQuery,
    options?: CallOptions,
  ): Listed<WebhookDelivery, ListDeliveriesAnswer>
  /** Sends a delivery once more, now. */
  retryDelivery(webhookId: string, deliveryId: string, options?: CallOptions): Promise<WebhookDelivery>
}

export function createWebhooks({ call }: Api): Webhooks {
  const path = '/webhooks'
  const pathOf = (webhookId: string) => `${path}/${encodeURIComponent(webhookId)}`
  const act = <Answer>(action: string, webhookId: string, options?: CallOptions) =>
    call<Answer>({ method: 'POST', path: `${pathOf(webhookId)}/${action}` }, options)
  return {
    create: (json, options) => call({ method: 'POST', path, json }, options),
    list: async (options) => (await call<ListWebhooksAnswer>({ method: 'GET', path }, options)).webhooks,
    get: (webhookId, options) => call({ method: 'GET', path: pathOf(webhookId) }, options),
    update: (webhookId, json, options) => call({ method: 'PATCH', path: pathOf(webhookId), json }, options),
    delete: (webhookId, options) => call({ method: 'DELETE', path: pathOf(webhookId) }, options),
    rotate: (webhookId, options) => act('rotate', webhookId, options),
    test: (webhookId, options) => act('test', webhookId, options),
    listDeliveries: (webhookId, query = {}, options) =>
      listed(
        query,
        (page) =>
          call<ListDeliveriesAnswer>(
            {
              method: 'GET',
              path: `${pathOf(webhookId)}/deliveries`,
              query: page,
            },
            options,
          ),
        ({ deliveries }) => deliveries,
        nextAfter,
      ),
    retryDelivery: (webhookId, deliveryId, options) =>
      act(`deliveries/${encodeURIComponent(deliveryId)}/retry`, webhookId, options),
  }
}
