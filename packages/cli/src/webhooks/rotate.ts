import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { secretText } from './secret-text.ts'

/** Replaces the secret of a webhook and prints the new one, which cannot be shown again. */
export async function rotate(
  io: CommandIo,
  webhookId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const rotated = await client.webhooks.rotate(webhookId)
  const sentence = `${rotated.id} has a new secret. The old one signs beside it for a day.`
  io.print(json ? JSON.stringify(rotated) : secretText(sentence, rotated))
}
