import { type Waybill, WaybillError } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { openClient } from './connection.ts'
import { errorText } from './error-text.ts'

/** Change of several files, stores or links, one after the other. */
export interface Change {
  /** Name of the change in JSON: `is_<name>` tells if it was made. */
  readonly name: 'deleted' | 'restored'
  /** Returns the line for a successful change. */
  readonly textOf: (id: string) => string
  readonly apply: (client: Waybill, id: string) => Promise<unknown>
}

/** Returns the change that deletes. */
export function deletion(apply: Change['apply']): Change {
  return { name: 'deleted', textOf: (id) => `Deleted ${id}.`, apply }
}

/** Applies the change to each id. Continues with the next id when one fails, and then sets the exit code to 1. */
export async function changeEach(
  io: CommandIo,
  ids: readonly string[],
  { json }: { readonly json?: boolean },
  { name, textOf, apply }: Change,
): Promise<void> {
  const client = await openClient(io)
  const outcomes: object[] = []
  for (const id of ids) {
    try {
      await apply(client, id)
      outcomes.push({ id, [`is_${name}`]: true })
      if (!json) io.print(textOf(id))
    } catch (error) {
      io.fail()
      const code = error instanceof WaybillError ? error.code : 'FAILED'
      outcomes.push({ id, [`is_${name}`]: false, error: { code, message: errorText(io, error) } })
      if (!json) io.printError(`${id}: ${errorText(io, error)}`)
    }
  }
  if (json) io.print(JSON.stringify(outcomes))
}
