import type { CommandIo } from '../command-io.ts'
import { openClient } from '../files/connection.ts'
import { createdKeysText } from './created-keys-text.ts'

interface Options {
  /** Set to false by `--no-end-sessions`. */
  readonly endSessions?: boolean
  /** Set to false by `--no-revoke-links`. */
  readonly revokeLinks?: boolean
  readonly json?: boolean
}

/** Deletes the key permanently: requests with it are refused, and it is no longer listed. */
export async function deleteKey(io: CommandIo, keyId: string, options: Options): Promise<void> {
  const { endSessions = true, revokeLinks = true, json } = options
  const client = await openClient(io)
  const query = { end_sessions: endSessions, revoke_links: revokeLinks }
  const deleted = (await client.apiKeys.delete(keyId, query)) ?? { created_keys: [], created_keys_total: 0 }
  if (json) return io.print(JSON.stringify({ id: keyId, is_deleted: true, ...deleted }))
  io.print(`Deleted ${keyId}.${createdKeysText(deleted)}`)
}
