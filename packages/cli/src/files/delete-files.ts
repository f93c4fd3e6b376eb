import { WaybillError } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from './connection.ts'
import { sentenceOf } from './sentence-of.ts'

/** One that fails does not keep the others. Sets the exit code. */
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
      if (!json) io.print(`${id} is deleted.`)
    } catch (error) {
      io.fail()
      const code = error instanceof WaybillError ? error.code : 'FAILED'
      outcomes.push({ id, is_deleted: false, error: { code, message: sentenceOf(io, error) } })
      if (!json) io.printError(`${id}: ${sentenceOf(io, error)}`)
    }
  }
  if (json) io.print(JSON.stringify(outcomes))
}
