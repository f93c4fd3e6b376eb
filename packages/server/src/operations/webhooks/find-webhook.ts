import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Webhook } from '../../domain/webhooks/webhook.ts'
import type { Context } from '../context.ts'

/** Returns an endpoint of the caller's organization. Throws WEBHOOK_NOT_FOUND. */
export async function findWebhook(
  { database }: Pick<Context, 'database'>,
  { organizationId }: Caller,
  webhookId: string,
): Promise<Webhook> {
  return (await database.webhooks.find(organizationId, webhookId)) ?? webhookNotFound()
}

export function webhookNotFound(): never {
  throw new ServiceError('WEBHOOK_NOT_FOUND', 'the organization has no such webhook')
}
