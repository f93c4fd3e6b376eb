import type { Webhook } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { printable } from '../files/printable.ts'
import { tableText } from '../table-text.ts'

/** Prints the webhooks, oldest first. */
export async function list(io: CommandIo, { json }: { readonly json?: boolean }): Promise<void> {
  const client = await openClient(io)
  const webhooks = await client.webhooks.list()
  if (json) return io.print(JSON.stringify(webhooks))
  const rows = webhooks.map((webhook) => [
    webhook.id,
    stateOf(webhook),
    webhook.types.includes('*') ? 'all' : webhook.types.join(','),
    printable(webhook.url),
    printable(webhook.description ?? ''),
  ])
  io.print(tableText([['ID', 'STATE', 'TYPES', 'URL', 'DESCRIPTION'], ...rows]))
}

function stateOf({ is_active, deactivation, failing_since }: Webhook): string {
  if (!is_active) return deactivation ?? 'inactive'
  return failing_since === null ? 'active' : `fails since ${failing_since.slice(0, 19)}Z`
}
