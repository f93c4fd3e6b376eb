import type { Event } from '../../domain/events/event.ts'
import type { ListPosition } from '../../domain/page.ts'
import type {
  Delivery,
  DeliveryAttempt,
  Webhook,
  WebhookDeactivation,
  WebhookSecrets,
} from '../../domain/webhooks/webhook.ts'

/** Endpoints for events, and the deliveries of events to them. */
export interface WebhookRecords {
  /** Adds an endpoint, which gets the events after the newest one. Returns false when the organization has `max`. */
  create(organizationId: string, webhook: Webhook, secret: string, max: number): Promise<boolean>
  /** Returns all endpoints of the organization, oldest first. */
  list(organizationId: string): Promise<Webhook[]>
  find(organizationId: string, webhookId: string): Promise<Webhook | null>
  /** Returns the secrets that sign at `nowMs`. */
  findSecrets(organizationId: string, webhookId: string, nowMs: number): Promise<WebhookSecrets | null>
  update(
    organizationId: string,
    webhookId: string,
    changes: WebhookChanges,
    nowMs: number,
  ): Promise<Webhook | null>
  /** Replaces the secret. The old one signs until `previousUntilMs`. */
  rotate(
    organizationId: string,
    webhookId: string,
    secret: string,
    previousUntilMs: number,
    nowMs: number,
  ): Promise<Webhook | null>
  /** Deletes the endpoint; its deliveries end. Returns false when there is none. */
  delete(organizationId: string, webhookId: string): Promise<boolean>

  /** Lists deliveries of an endpoint, newest first. */
  listDeliveries(
    organizationId: string,
    webhookId: string,
    request: { readonly after: ListPosition | null; readonly limit: number },
  ): Promise<DeliveryPage>
  findDeliveryPosition(
    organizationId: string,
    webhookId: string,
    deliveryId: string,
  ): Promise<ListPosition | null>
  /** Makes an ended or waiting delivery due now, also of an inactive endpoint. Null when there is none. */
  retryDelivery(
    organizationId: string,
    webhookId: string,
    deliveryId: string,
    nowMs: number,
  ): Promise<Delivery | null>

  /** Adds the deliveries of at most `limit` events up to `untilPosition`; returns the number of looked at events. */
  dispatch(untilPosition: number, limit: number, nowMs: number): Promise<number>
  /**
   * Claims due deliveries, one of each endpoint and at most `max`, for attempts that end before `leaseUntilMs`. Leaves out
   * the endpoints in `except`.
   */
  claim(
    nowMs: number,
    leaseUntilMs: number,
    max: number,
    except?: readonly string[],
  ): Promise<ClaimedDelivery[]>
  /** Records the attempt of a claimed delivery, and what follows. Returns false when the lease was lost. */
  finish(
    claimed: ClaimedDelivery,
    attempt: DeliveryAttempt,
    outcome: DeliveryOutcome,
    nowMs: number,
  ): Promise<boolean>
  /** Gives back deliveries without an attempt: of a process that stops. */
  release(claimed: readonly ClaimedDelivery[]): Promise<void>
  /** Makes deliveries whose lease has expired due again; returns their number. */
  releaseExpired(nowMs: number, limit: number): Promise<number>
  /** Counts the deliveries of active endpoints that wait or run, of all organizations, each up to `limit`. */
  countDeliveries(limit: number): Promise<DeliveryCounts>
  /** Deletes at most `limit` deliveries that were created before `beforeMs`; returns their number. */
  forgetDeliveries(beforeMs: number, limit: number): Promise<number>
}

export type WebhookChanges = Partial<Pick<Webhook, 'url' | 'types' | 'description' | 'isActive'>>

export type DeliveryCounts = Readonly<Record<'waiting' | 'running', number>>

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[]
  readonly hasMore: boolean
}

export interface ClaimedDelivery {
  readonly delivery: Delivery
  readonly webhook: Webhook
  /** Event to send; null when it is not kept any more. */
  readonly event: Event | null
  readonly leaseToken: string
}

export interface DeliveryOutcome {
  readonly isDelivered: boolean
  /** Time of the next attempt; null when there is none. */
  readonly retryAtMs: number | null
  /** Reason to deactivate the endpoint; null when it stays as it is. */
  readonly deactivation: WebhookDeactivation | null
}
