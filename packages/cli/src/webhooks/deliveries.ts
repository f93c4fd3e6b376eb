import type { WebhookDelivery } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { tableText } from '../table-text.ts'
import { attemptText } from './attempt-text.ts'

const DEFAULT_LIMIT = 20

/** Prints the deliveries of a webhook, newest first. */
export async function deliveries(
  io: CommandIo,
  webhookId: string,
  { limit = DEFAULT_LIMIT, json }: { readonly limit?: number; readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const found: WebhookDelivery[] = []
  for await (const delivery of client.webhooks.listDeliveries(webhookId, { limit: Math.min(limit, 100) })) {
    found.push(delivery)
    if (found.length >= limit) break
  }
  if (json) return io.print(JSON.stringify(found))
  const rows = found.map(({ id, event_type, state, attempts, created_at }) => {
    const last = attempts.at(-1)
    const time = created_at.slice(0, 19).replace('T', ' ')
    return [id, time, event_type, state, String(attempts.length), last ? attemptText(last) : '']
  })
  io.print(tableText([['ID', 'CREATED (UTC)', 'EVENT', 'STATE', 'ATTEMPTS', 'LAST ANSWER'], ...rows]))
}
