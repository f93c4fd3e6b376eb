import { openClient } from '../files/connection.ts'
import { stateText } from './key-state.ts'
import { OR_OPERATOR } from './or-operator.ts'

export type StateChange = 'activate' | 'deactivate' | 'pause' | 'unpause'

/** Says what the key is afterwards: a pause leaves a deactivated one as it is. */
export async function changeState(
  change: StateChange,
  keyId: string,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const client = await openClient(change === 'deactivate' ? { orElse: OR_OPERATOR } : {})
  const key = await client.apiKeys[change](keyId)
  console.log(json ? JSON.stringify(key) : stateText(key))
}
