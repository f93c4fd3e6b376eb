import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { createdKeysText } from './created-keys-text.ts'
import { stateText } from './key-state.ts'
import { OR_OPERATOR } from './or-operator.ts'

interface Options {
  readonly endSessions?: boolean
  readonly revokeLinks?: boolean
  readonly json?: boolean
}

/** Deactivates the key, and revokes what the options name. */
export async function deactivate(io: CommandIo, keyId: string, options: Options): Promise<void> {
  const { endSessions = false, revokeLinks = false, json } = options
  const client = await openClient(io, { orElse: OR_OPERATOR })
  const key = await client.apiKeys.deactivate(keyId, { end_sessions: endSessions, revoke_links: revokeLinks })
  io.print(json ? JSON.stringify(key) : stateText(key) + createdKeysText(key))
}
