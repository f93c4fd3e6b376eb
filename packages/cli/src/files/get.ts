import { factsText } from '../facts-text.ts'
import { openClient } from './connection.ts'

/** Prints the details of a file. */
export async function get(fileId: string, { json }: { readonly json?: boolean }): Promise<void> {
  const client = await openClient()
  const file = await client.files.get(fileId)
  console.log(json ? JSON.stringify(file) : factsText(file))
}
