import type { Caller } from '../../domain/access/caller.ts'
import type { Webhook } from '../../domain/webhooks/webhook.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findWebhook } from './find-webhook.ts'

/** Returns an endpoint. Throws WEBHOOK_NOT_FOUND. */
export const getWebhook = defineOperation(
  { action: 'getWebhook', kind: 'read', scope: 'admin', targetOf: (webhookId: string) => webhookId },
  (context: Pick<Context, 'database'>, caller: Caller, webhookId: string): Promise<Webhook> =>
    findWebhook(context, caller, webhookId),
)
