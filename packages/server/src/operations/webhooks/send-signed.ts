import { signatureHeaders } from '../../domain/webhooks/sign-webhook.ts'
import type { DeliveryAttempt, Webhook } from '../../domain/webhooks/webhook.ts'
import type { Context } from '../context.ts'
import { secretName } from './create-webhook.ts'

export type SendContext = Pick<Context, 'database' | 'secretBox' | 'webhookSender' | 'now'>

export interface Message {
  /** Id that receivers recognize repeats by. */
  readonly id: string
  readonly body: string
}

/** Sends a message to an endpoint, signed with its secrets, and returns what came back. */
export async function sendSigned(
  { database, secretBox, webhookSender, now }: SendContext,
  { id: webhookId, organizationId, url }: Webhook,
  { id, body }: Message,
  signal: AbortSignal,
): Promise<DeliveryAttempt> {
  const nowMs = now()
  const stored = await database.webhooks.findSecrets(organizationId, webhookId, nowMs)
  const texts = [stored?.secret, stored?.previous].filter((text) => typeof text === 'string')
  const secrets = texts.map((text) => secretBox.open(secretName(webhookId), text))
  const usable = secrets.filter((secret) => secret !== null)
  if (usable.length === 0) {
    const error = 'The secret cannot be read: SECRETS_KEY is not the one with which it was sealed.'
    return { atMs: nowMs, durationMs: 0, status: null, error, answer: '' }
  }
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Waybill-Webhooks',
    ...signatureHeaders(id, body, usable, nowMs),
  }
  return webhookSender.send({ url, headers, body }, signal)
}
