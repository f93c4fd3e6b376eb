import { openClient } from './connection.ts'
import { printable } from './printable.ts'

/** Everything that the service says of a file. */
export async function get(fileId: string, { json }: { readonly json?: boolean }): Promise<void> {
  const client = await openClient()
  const file = await client.files.get(fileId)
  if (json) return console.log(JSON.stringify(file))
  const width = Math.max(...Object.keys(file).map((name) => name.length))
  for (const [name, value] of Object.entries(file)) {
    console.log(`${name.padEnd(width)}  ${value === null ? '' : printable(String(value))}`.trimEnd())
  }
}
