import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Delivery } from '../../domain/webhooks/webhook.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

export interface RetryDeliveryInput {
  readonly webhookId: string
  readonly deliveryId: string
}

/**
 * Makes a delivery due now, whatever became of it; an inactive endpoint gets it when it is activated. Throws
 * DELIVERY_NOT_FOUND, also while the delivery is running.
 */
export const retryDelivery = defineOperation(
  {
    action: 'retryWebhookDelivery',
    kind: 'change',
    scope: 'admin',
    targetOf: ({ deliveryId }: RetryDeliveryInput) => deliveryId,
  },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    { webhookId, deliveryId }: RetryDeliveryInput,
  ): Promise<Delivery> => {
    const delivery = await database.webhooks.retryDelivery(organizationId, webhookId, deliveryId, now())
    if (delivery !== null) return delivery
    throw new ServiceError('DELIVERY_NOT_FOUND', 'the webhook has no such delivery that is not running')
  },
)
