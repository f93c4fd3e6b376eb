import type { CommandIo } from '../command-io.ts'
import { openClient } from './connection.ts'
import { printable } from './printable.ts'

export interface MoveCommandOptions {
  readonly name?: string
  readonly json?: boolean
}

/** Moves a file to a folder, `/` for the root, and renames it. */
export async function move(
  io: CommandIo,
  fileId: string,
  folder: string,
  { name, json }: MoveCommandOptions,
): Promise<void> {
  const client = await openClient(io)
  const path = folder.replace(/^\/|\/$/g, '')
  const file = await client.files.update(fileId, { path, ...(name !== undefined && { filename: name }) })
  if (json) return io.print(JSON.stringify(file))
  io.print(`Moved ${file.id} to ${printable([file.path, file.original_filename].filter(Boolean).join('/'))}.`)
}
