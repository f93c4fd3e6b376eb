import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { createId } from '../../domain/ids.ts'
import { createWebhookSecret } from '../../domain/webhooks/sign-webhook.ts'
import { MAX_WEBHOOKS, type Webhook } from '../../domain/webhooks/webhook.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkWebhook, type WebhookFields } from './check-webhook.ts'

export interface CreatedWebhook {
  readonly webhook: Webhook
  readonly secret: string
}

type WebhookContext = Pick<Context, 'database' | 'webhookSender' | 'secretBox' | 'now'>

/**
 * Adds an endpoint, which gets the events from now on. Only the result has its secret. Throws VALIDATION_ERROR for a URL
 * that may not be called, for an unknown type, and beyond `MAX_WEBHOOKS`.
 */
export const createWebhook = defineOperation(
  {
    action: 'createWebhook',
    kind: 'change',
    scope: 'admin',
    targetOf: (_input, result: CreatedWebhook | null) => result?.webhook.id ?? null,
  },
  async (
    context: WebhookContext,
    { organizationId }: Caller,
    input: WebhookFields,
  ): Promise<CreatedWebhook> => {
    const { database, secretBox, now } = context
    const nowMs = now()
    const id = createId('whk')
    const secret = createWebhookSecret()
    const webhook: Webhook = {
      ...{
        id,
        organizationId,
        url: input.url,
        types: null,
        description: input.description,
        isActive: input.isActive,
      },
      ...checkWebhook(context, input),
      ...{ deactivation: null, failingSinceMs: null, createdAtMs: nowMs, updatedAtMs: nowMs },
    }
    // Events that are committed already are numbered now, so that the endpoint does not get them.
    await database.events.latestPosition()
    const stored = secretBox.seal(secretName(id), secret)
    if (!(await database.webhooks.create(organizationId, webhook, stored, MAX_WEBHOOKS))) {
      throw new ServiceError('VALIDATION_ERROR', `an organization can have ${MAX_WEBHOOKS} webhooks`, {
        field: 'url',
        value: null,
      })
    }
    return { webhook, secret }
  },
)

/** Name under which the secret of an endpoint is sealed. */
export const secretName = (webhookId: string) => `webhook ${webhookId}`
