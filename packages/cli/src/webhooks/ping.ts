import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { attemptText } from './attempt-text.ts'

/** Sends a ping to a webhook and prints what came back. Sets the exit code to 1 when that is no success. */
export async function ping(
  io: CommandIo,
  webhookId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const attempt = await client.webhooks.test(webhookId)
  const { status } = attempt
  if (status === null || status < 200 || status > 299) io.fail()
  io.print(json ? JSON.stringify(attempt) : attemptText(attempt))
}
