import type { DeliveryPage } from '../../database/records/webhooks.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { resolveCursor } from '../page-request.ts'
import { findWebhook } from './find-webhook.ts'

export interface ListDeliveriesInput {
  readonly webhookId: string
  /** Id of the last delivery of the page before; null for the newest. */
  readonly after: string | null
  readonly limit: number
}

/** Lists deliveries of an endpoint, newest first. Throws WEBHOOK_NOT_FOUND, and VALIDATION_ERROR for a wrong cursor. */
export const listDeliveries = defineOperation(
  {
    action: 'listWebhookDeliveries',
    kind: 'read',
    scope: 'admin',
    targetOf: ({ webhookId }: ListDeliveriesInput) => webhookId,
  },
  async (
    context: Pick<Context, 'database'>,
    caller: Caller,
    { webhookId, after, limit }: ListDeliveriesInput,
  ): Promise<DeliveryPage> => {
    const { organizationId } = await findWebhook(context, caller, webhookId)
    const { webhooks } = context.database
    const find = (id: string) => webhooks.findDeliveryPosition(organizationId, webhookId, id)
    const position = after === null ? null : await resolveCursor('after', after, find)
    return webhooks.listDeliveries(organizationId, webhookId, { after: position, limit })
  },
)
