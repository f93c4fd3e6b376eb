import { WaybillError } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from './connection.ts'
import { errorText } from './error-text.ts'

/** Deletes the files. Continues with the next file when one fails, and then sets the exit code to 1. */
export async function deleteFiles(
  io: CommandIo,
  ids: readonly string[],
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const outcomes: object[] = []
  for (const id of ids) {
    try {
      await client.files.delete(id)
      outcomes.push({ id, is_deleted: true })
      if (!json) io.print(`Deleted ${id}.`)
    } catch (error) {
      io.fail()
      const code = error instanceof WaybillError ? error.code : 'FAILED'
      outcomes.push({ id, is_deleted: false, error: { code, message: errorText(io, error) } })
      if (!json) io.printError(`${id}: ${errorText(io, error)}`)
    }
  }
  if (json) io.print(JSON.stringify(outcomes))
}
