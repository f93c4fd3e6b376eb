import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'

/** Sends a delivery once more. */
export async function retry(
  io: CommandIo,
  webhookId: string,
  deliveryId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const delivery = await client.webhooks.retryDelivery(webhookId, deliveryId)
  io.print(json ? JSON.stringify(delivery) : `${delivery.id} is sent once more.`)
}
