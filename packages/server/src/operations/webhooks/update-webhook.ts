import type { Caller } from '../../domain/access/caller.ts'
import type { Webhook } from '../../domain/webhooks/webhook.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkWebhook, type WebhookFields } from './check-webhook.ts'
import { webhookNotFound } from './find-webhook.ts'

export interface UpdateWebhookInput {
  readonly webhookId: string
  /** Absent fields do not change. */
  readonly fields: Partial<WebhookFields>
}

/** Changes an endpoint. Throws WEBHOOK_NOT_FOUND, and VALIDATION_ERROR as `createWebhook`. */
export const updateWebhook = defineOperation(
  {
    action: 'updateWebhook',
    kind: 'change',
    scope: 'admin',
    targetOf: ({ webhookId }: UpdateWebhookInput) => webhookId,
  },
  async (
    context: Pick<Context, 'database' | 'webhookSender' | 'now'>,
    { organizationId }: Caller,
    { webhookId, fields }: UpdateWebhookInput,
  ): Promise<Webhook> => {
    const changes = checkWebhook(context, fields)
    const { webhooks } = context.database
    return (await webhooks.update(organizationId, webhookId, changes, context.now())) ?? webhookNotFound()
  },
)
