import type { UpdateWebhookBody } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { factsText } from '../facts-text.ts'
import { openClient } from '../files/connection.ts'
import { typesOf } from './types-of.ts'

interface Options {
  readonly url?: string
  readonly types?: readonly string[]
  readonly description?: string
  readonly active?: boolean
  readonly inactive?: boolean
  readonly json?: boolean
}

/** Changes the given properties of a webhook and prints it. */
export async function update(
  io: CommandIo,
  webhookId: string,
  { url, types, description, active, inactive, json }: Options,
): Promise<void> {
  if (active && inactive) throw new Error('--active and --inactive cannot be used together.')
  const changes: UpdateWebhookBody = {
    ...(url === undefined ? {} : { url }),
    ...(types === undefined ? {} : { types: typesOf(types) }),
    ...(description === undefined ? {} : { description }),
    ...(active || inactive ? { is_active: active === true } : {}),
  }
  if (Object.keys(changes).length === 0) {
    throw new Error('there is nothing to change: use --url, --types, --description, --active or --inactive.')
  }
  const client = await openClient(io)
  const webhook = await client.webhooks.update(webhookId, changes)
  io.print(json ? JSON.stringify(webhook) : factsText(webhook))
}
