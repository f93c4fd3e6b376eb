import type { Caller } from '../../domain/access/caller.ts'
import type { DeliveryAttempt } from '../../domain/webhooks/webhook.ts'
import { defineOperation } from '../define-operation.ts'
import { findWebhook } from './find-webhook.ts'
import { type Message, type SendContext, sendSigned } from './send-signed.ts'

export interface TestWebhookInput {
  readonly webhookId: string
  /** The event `ping`. */
  readonly ping: Message
  /** Aborts when the client goes. */
  readonly signal: AbortSignal
}

/** Sends a `ping` now, also to an inactive endpoint, and returns what came back. Throws WEBHOOK_NOT_FOUND. */
export const testWebhook = defineOperation(
  {
    action: 'testWebhook',
    kind: 'change',
    scope: 'admin',
    targetOf: ({ webhookId }: TestWebhookInput) => webhookId,
  },
  async (
    context: SendContext,
    caller: Caller,
    { webhookId, ping, signal }: TestWebhookInput,
  ): Promise<DeliveryAttempt> =>
    sendSigned(context, await findWebhook(context, caller, webhookId), ping, signal),
)
