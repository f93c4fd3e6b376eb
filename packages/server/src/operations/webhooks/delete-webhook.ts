import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { webhookNotFound } from './find-webhook.ts'

/** Deletes an endpoint; nothing is sent to it any more. Throws WEBHOOK_NOT_FOUND. */
export const deleteWebhook = defineOperation(
  { action: 'deleteWebhook', kind: 'change', scope: 'admin', targetOf: (webhookId: string) => webhookId },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    webhookId: string,
  ): Promise<void> => {
    if (!(await database.webhooks.delete(organizationId, webhookId))) webhookNotFound()
  },
)
