import type { CreatedKeys, Database } from '../database/database.ts'
import type { ApiKey, Revocation } from '../domain/api-key.ts'
import type { ObjectStorage } from '../storage/storage.ts'
import type { Log } from './context.ts'
import { endRevokedSessions } from './revoke-sessions.ts'

export interface RevokedKey {
  readonly key: ApiKey
  /** Only those that the key created itself, not what these created: each can be deleted in turn. */
  readonly created: CreatedKeys
}

export interface RevokingContext {
  readonly database: Database
  /** Null for a command without one: the server's jobs remove the bytes. */
  readonly storage: ObjectStorage | null
  readonly log: Log
  now(): number
}

const SESSIONS_AT_A_TIME = 100
/** The jobs of the servers end the others, within seconds; all of them are refused from the revocation on. */
const MAX_SESSIONS = 1000
const MAX_CREATED_KEYS = 100

/** Ends what was revoked with the key, and finds the keys that it created. */
export async function followRevocation(
  context: RevokingContext,
  key: ApiKey,
  { endsSessions }: Revocation,
): Promise<RevokedKey> {
  if (endsSessions) await endSome(context, key.id)
  const { apiKeys } = context.database
  return { key, created: await apiKeys.listCreatedBy(key.organizationId, key.id, MAX_CREATED_KEYS) }
}

/** The key is gone already, so a fault here is not the caller's: the jobs go on. */
async function endSome(context: RevokingContext, keyId: string): Promise<void> {
  try {
    for (let total = 0; total < MAX_SESSIONS; ) {
      const { ended, failures } = await endRevokedSessions(context, keyId, SESSIONS_AT_A_TIME)
      for (const err of failures)
        context.log.warn({ err, key_id: keyId }, 'a revoked upload keeps its bytes for now')
      total += ended
      if (ended < SESSIONS_AT_A_TIME) return
    }
  } catch (err) {
    context.log.warn({ err, key_id: keyId }, 'revoked sessions could not all be ended now')
  }
}
