import type { Database } from '../../database/database.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { ObjectStorage } from '../../storage/object-storage.ts'
import { endUpload } from '../uploads/end-upload.ts'

const SESSIONS_AT_ONCE = 8

export interface RevokedSessions {
  readonly ended: number
  /** Errors of the storage: the records are cancelled, and a job removes the bytes later. */
  readonly failures: readonly unknown[]
}

interface RevokeContext {
  readonly database: Database
  /** Storage to remove bytes from; null for commands without one: then the server's jobs remove them. */
  readonly storage: ObjectStorage | null
  now(): number
}

/**
 * Cancels at most `limit` unfinished sessions that were revoked with the key that opened them, of all keys when the id
 * is null. Releases their reservations and removes their bytes. Throws SERVICE_UNAVAILABLE.
 */
export async function endRevokedSessions(
  { database, storage, now }: RevokeContext,
  apiKeyId: string | null,
  limit: number,
): Promise<RevokedSessions> {
  const sessions = await database.housekeeping.listRevokedSessions(apiKeyId, limit)
  const failures: unknown[] = []
  const end = async ({ organizationId, fileId }: UploadSession) => {
    const ended = await database.uploadSessions.cancel(organizationId, fileId, now())
    if (storage === null || ended?.state.kind !== 'cancelled') return
    await endUpload({ database, storage }, ended).catch((error: unknown) => failures.push(error))
  }
  for (let start = 0; start < sessions.length; start += SESSIONS_AT_ONCE) {
    await Promise.all(sessions.slice(start, start + SESSIONS_AT_ONCE).map(end))
  }
  if (sessions.length < limit) await database.housekeeping.settleRevocations()
  return { ended: sessions.length, failures }
}
