import type { CommandIo } from '../command-io.ts'
import { factsText } from '../facts-text.ts'
import { openClient } from '../files/connection.ts'

/** Prints the details of a key. */
export async function get(
  io: CommandIo,
  keyId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const key = await client.apiKeys.get(keyId)
  io.print(json ? JSON.stringify(key) : factsText(key))
}
