import { WaybillError } from '@waybill/sdk'
import { openClient } from './connection.ts'
import { errorText } from './error-text.ts'

/** Deletes the files. Continues with the next file when one fails, and then sets the exit code to 1. */
export async function deleteFiles(
  ids: readonly string[],
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient()
  const outcomes: object[] = []
  for (const id of ids) {
    try {
      await client.files.delete(id)
      outcomes.push({ id, is_deleted: true })
      if (!json) console.log(`Deleted ${id}.`)
    } catch (error) {
      process.exitCode = 1
      const code = error instanceof WaybillError ? error.code : 'FAILED'
      outcomes.push({ id, is_deleted: false, error: { code, message: errorText(error) } })
      if (!json) console.error(`${id}: ${errorText(error)}`)
    }
  }
  if (json) console.log(JSON.stringify(outcomes))
}
