import type { Database } from '../../database/database.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { ObjectStorage } from '../../storage/object-storage.ts'
import { defineOperation } from '../define-operation.ts'
import { deleteSessionBytes } from '../uploads/delete-upload-bytes.ts'

const SESSIONS_AT_ONCE = 8

export interface RevokedSessions {
  readonly cancelled: number
  /** Errors of the storage: the sessions are cancelled, and a job deletes their bytes later. */
  readonly failures: readonly unknown[]
}

interface RevokeContext {
  readonly database: Database
  /** Storage to remove bytes from; null for commands without a storage: the server's jobs then remove the bytes. */
  readonly storage: ObjectStorage | null
  now(): number
}

/** Cancels at most `limit` unfinished sessions that were revoked with their keys. Throws SERVICE_UNAVAILABLE. */
export const cancelRevokedSessions = defineOperation(
  { action: 'cancelRevokedSessions', kind: 'routine', scope: 'operator' },
  (context: RevokeContext, _caller: Caller<null>, limit: number) => cancelSessionsOf(context, null, limit),
)

/**
 * Cancels at most `limit` unfinished sessions that were revoked with their key. Releases their reservations and deletes
 * their bytes. `apiKeyId` selects the sessions of one key; null selects those of all keys. Throws SERVICE_UNAVAILABLE.
 */
export async function cancelSessionsOf(
  { database, storage, now }: RevokeContext,
  apiKeyId: string | null,
  limit: number,
): Promise<RevokedSessions> {
  const sessions = await database.housekeeping.listRevokedSessions(apiKeyId, limit)
  const failures: unknown[] = []
  const cancel = async ({ organizationId, fileId }: UploadSession) => {
    const session = await database.uploadSessions.cancel(organizationId, fileId, now())
    if (storage === null || session?.state.kind !== 'cancelled') return
    await deleteSessionBytes({ database, storage }, session).catch((error: unknown) => failures.push(error))
  }
  for (let start = 0; start < sessions.length; start += SESSIONS_AT_ONCE) {
    await Promise.all(sessions.slice(start, start + SESSIONS_AT_ONCE).map(cancel))
  }
  if (sessions.length < limit) await database.housekeeping.settleRevocations()
  return { cancelled: sessions.length, failures }
}
