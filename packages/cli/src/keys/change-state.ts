import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { stateText } from './key-state.ts'

export type StateChange = 'activate' | 'pause' | 'unpause'

/** Changes the state of a key and prints the resulting state. Pausing a deactivated key leaves it deactivated. */
export async function changeState(
  io: CommandIo,
  change: StateChange,
  keyId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(io)
  const key = await client.apiKeys[change](keyId)
  io.print(json ? JSON.stringify(key) : stateText(key))
}
