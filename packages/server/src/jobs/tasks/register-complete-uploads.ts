import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../../operations/context.ts'
import { registerWhenComplete } from '../../operations/files/register-when-complete.ts'
import { isStorageError } from './sweep-run.ts'

/** Age of an object from which no request is about to register it. */
const GRACE_MS = 60_000
/** Time of a run for the uploads of one organization, most of which waits for the scanner. Later runs go on with the rest. */
const ORGANIZATION_MS = 60_000

export interface RegisterRun {
  readonly caller: Caller<null>
  readonly signal: AbortSignal
  /** Id of the last session that was examined; empty for the beginning. */
  readonly afterId: string
  readonly limit: number
  readonly organizationMs?: number
}

export interface RegisteredUploads {
  readonly registered: number
  readonly refused: number
  /** Last error of the storage or of a scan; null when there was none. A later run tries the session again. */
  readonly failure: unknown
  /** Id of the last session that was examined; null at the end of the list. */
  readonly lastId: string | null
}

/**
 * Registers uploads that became complete without a File, because the process or the storage failed between the object
 * and its record. Examines the next `limit` unfinished sessions that register by themselves.
 */
export async function registerCompleteUploads(
  context: Context,
  { caller, signal, afterId, limit, organizationMs = ORGANIZATION_MS }: RegisterRun,
): Promise<RegisteredUploads> {
  const sessions = await context.database.housekeeping.listSelfRegistering(afterId, limit)
  let [registered, refused] = [0, 0]
  let failure: unknown = null
  const usedMs = new Map<string, number>()
  for (const session of sessions) {
    if (signal.aborted) break
    const { organizationId } = session
    const ownMs = usedMs.get(organizationId) ?? 0
    if (ownMs > organizationMs) continue
    const startMs = performance.now()
    try {
      const kind = await registerIfComplete(context, caller, session)
      if (kind === 'object') registered++
      if (kind === 'refused') refused++
    } catch (error) {
      if (!isStorageError(error) && !isUnscanned(context, error)) throw error
      failure = error
    }
    usedMs.set(organizationId, ownMs + performance.now() - startMs)
  }
  const last = sessions.length < limit ? undefined : sessions.at(-1)
  return { registered, refused, failure, lastId: last?.fileId ?? null }
}

/** Returns true when a file has no verdict yet; other files may have theirs. */
function isUnscanned({ scans }: Context, error: unknown): boolean {
  return scans !== null && error instanceof ServiceError && error.code === 'SERVICE_UNAVAILABLE'
}

/** Returns the kind of the answer; null when the upload is not complete or became so just now. */
async function registerIfComplete(
  context: Context,
  caller: Caller<null>,
  session: UploadSession,
): Promise<string | null> {
  const object = await context.storage.stat(session.objectName)
  if (object === null || object.createdAtMs > context.now() - GRACE_MS) return null
  const { organizationId } = session
  const answer = { kind: 'object', object, file: null, isNew: false } as const
  return (await registerWhenComplete(context, { ...caller, organizationId }, session, answer)).kind
}
