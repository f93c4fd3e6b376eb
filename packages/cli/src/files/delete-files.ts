import { WaybillError } from '@waybill/sdk'
import { openClient } from './connection.ts'
import { sentenceOf } from './sentence-of.ts'

/** One that fails does not keep the others. Sets the exit code. */
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
      if (!json) console.log(`${id} is deleted.`)
    } catch (error) {
      process.exitCode = 1
      const code = error instanceof WaybillError ? error.code : 'FAILED'
      outcomes.push({ id, is_deleted: false, error: { code, message: sentenceOf(error) } })
      if (!json) console.error(`${id}: ${sentenceOf(error)}`)
    }
  }
  if (json) console.log(JSON.stringify(outcomes))
}
