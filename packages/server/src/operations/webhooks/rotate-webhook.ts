import type { Caller } from '../../domain/access/caller.ts'
import { createWebhookSecret } from '../../domain/webhooks/sign-webhook.ts'
import { SECRET_OVERLAP_MS } from '../../domain/webhooks/webhook.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type CreatedWebhook, secretName } from './create-webhook.ts'
import { webhookNotFound } from './find-webhook.ts'

/** Gives an endpoint a new secret; the old one signs beside it for a day. Throws WEBHOOK_NOT_FOUND. */
export const rotateWebhook = defineOperation(
  { action: 'rotateWebhook', kind: 'change', scope: 'admin', targetOf: (webhookId: string) => webhookId },
  async (
    { database, secretBox, now }: Pick<Context, 'database' | 'secretBox' | 'now'>,
    { organizationId }: Caller,
    webhookId: string,
  ): Promise<CreatedWebhook> => {
    const nowMs = now()
    const secret = createWebhookSecret()
    const stored = secretBox.seal(secretName(webhookId), secret)
    const untilMs = nowMs + SECRET_OVERLAP_MS
    const webhook = await database.webhooks.rotate(organizationId, webhookId, stored, untilMs, nowMs)
    return { webhook: webhook ?? webhookNotFound(), secret }
  },
)
