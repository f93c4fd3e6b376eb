import type { CommandIo } from '../command-io.ts'
import { factsText } from '../facts-text.ts'
import { openClient } from './connection.ts'

/** Prints the details of a file. */
export async function get(
  io: CommandIo,
  fileId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const file = await client.files.get(fileId)
  io.print(json ? JSON.stringify(file) : factsText(file))
}
