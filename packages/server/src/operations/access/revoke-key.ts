import type { Database } from '../../database/database.ts'
import type { ApiKey, CreatedKeys, Revocation } from '../../domain/access/api-key.ts'
import type { ObjectStorage } from '../../storage/object-storage.ts'
import type { Log } from '../log.ts'
import { cancelSessionsOf } from './cancel-revoked-sessions.ts'

export interface RevokeKeyInput {
  readonly keyId: string
  readonly revocation: Revocation
}

export interface RevokedKey {
  readonly key: ApiKey
  /** Keys that the key created directly; each can be deleted in turn. */
  readonly created: CreatedKeys
}

export interface RevokingContext {
  readonly database: Database
  /** Storage to remove bytes from; null for commands without a storage: the server's jobs then remove the bytes. */
  readonly storage: ObjectStorage | null
  readonly log: Log
  now(): number
}

const SESSIONS_AT_A_TIME = 100
/** Upper bound of sessions to cancel here; the servers' jobs cancel the rest within seconds. All are refused at once. */
const MAX_SESSIONS = 1000
const MAX_CREATED_KEYS = 100

/** Cancels the revoked sessions of the key, and returns the keys that it created. */
export async function followRevocation(
  context: RevokingContext,
  key: ApiKey,
  { endsSessions }: Revocation,
): Promise<RevokedKey> {
  if (endsSessions) await cancelSome(context, key.id)
  const { apiKeys } = context.database
  return { key, created: await apiKeys.listCreatedBy(key.organizationId, key.id, MAX_CREATED_KEYS) }
}

/** Cancels sessions. Logs errors instead of throwing them: the key is already revoked, and the jobs retry. */
async function cancelSome(context: RevokingContext, keyId: string): Promise<void> {
  try {
    for (let total = 0; total < MAX_SESSIONS; ) {
      const { cancelled, failures } = await cancelSessionsOf(context, keyId, SESSIONS_AT_A_TIME)
      for (const err of failures)
        context.log.warn({ err, key_id: keyId }, 'the bytes of a revoked upload could not be removed yet')
      total += cancelled
      if (cancelled < SESSIONS_AT_A_TIME) return
    }
  } catch (err) {
    context.log.warn({ err, key_id: keyId }, 'not all revoked sessions could be cancelled')
  }
}
