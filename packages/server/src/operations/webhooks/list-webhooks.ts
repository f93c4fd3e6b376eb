import type { Caller } from '../../domain/access/caller.ts'
import type { Webhook } from '../../domain/webhooks/webhook.ts'
import type { Context } from '../context.ts'
import { defineOperation, type NoInput } from '../define-operation.ts'

/** Returns all endpoints of the organization, oldest first. */
export const listWebhooks = defineOperation(
  { action: 'listWebhooks', kind: 'read', scope: 'admin' },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    _input: NoInput,
  ): Promise<Webhook[]> => database.webhooks.list(organizationId),
)
