import { factsText } from '../facts-text.ts'
import { openClient } from '../files/connection.ts'

/** Prints the details of a key. */
export async function get(keyId: string, { json }: { readonly json?: boolean }): Promise<void> {
  const client = await openClient()
  const key = await client.apiKeys.get(keyId)
  console.log(json ? JSON.stringify(key) : factsText(key))
}
