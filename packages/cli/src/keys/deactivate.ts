import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { createdKeysText } from './created-keys-text.ts'
import { stateText } from './key-state.ts'
import { OPERATOR_ALTERNATIVE } from './operator-alternative.ts'

interface Options {
  readonly endSessions?: boolean
  readonly revokeLinks?: boolean
  readonly json?: boolean
}

/** Deactivates the key. The options also cancel its unfinished uploads and revoke its download URLs. */
export async function deactivate(io: CommandIo, keyId: string, options: Options): Promise<void> {
  const { endSessions = false, revokeLinks = false, json } = options
  const client = await openClient(io, { alternative: OPERATOR_ALTERNATIVE })
  const key = await client.apiKeys.deactivate(keyId, { end_sessions: endSessions, revoke_links: revokeLinks })
  io.print(json ? JSON.stringify(key) : stateText(key) + createdKeysText(key))
}
