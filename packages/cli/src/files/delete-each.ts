import { type Waybill, WaybillError } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from './connection.ts'
import { errorText } from './error-text.ts'

/** Calls `remove` for each id. Continues with the next id when one fails, and then sets the exit code to 1. */
export async function deleteEach(
  io: CommandIo,
  ids: readonly string[],
  { json }: { readonly json?: boolean },
  remove: (client: Waybill, id: string) => Promise<void>,
): Promise<void> {
  const client = await openClient(io)
  const outcomes: object[] = []
  for (const id of ids) {
    try {
      await remove(client, id)
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
