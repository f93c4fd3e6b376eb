import { hashSecret } from '../../domain/access/api-key.ts'
import { type Caller, callerOfUrl, type RequestFacts } from '../../domain/access/caller.ts'
import { type File, isExpiredFile } from '../../domain/files/file.ts'
import { GONE_MS, isExpired, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import type { UploadAnswer } from './upload-answer.ts'

/** Session of a session URI with its caller. `answer` is the answer to every request when it accepts no bytes, else null. */
export type FoundSession =
  | { readonly session: UploadSession; readonly caller: Caller; readonly answer: UploadAnswer | null }
  | { readonly session: null; readonly caller: null; readonly answer: UploadAnswer }

/**
 * Determines the caller of a session URI, and the answer to the request if the session accepts no bytes. Every request
 * begins with this check. A complete object is the answer to every request, and a registered session never expires.
 * Throws ORGANIZATION_ACCESS_DENIED when the organization is suspended.
 */
export async function findUploadSession(
  context: Context,
  uploadId: string,
  request: RequestFacts,
): Promise<FoundSession> {
  const session = await context.database.credentials.findUploadSession(hashSecret(uploadId))
  if (session === null) return { session: null, caller: null, answer: { kind: 'unknown' } }
  if (!session.isOrganizationActive) throw organizationSuspended()
  const caller = callerOfUrl('session-uri', session, request)
  return { session, caller, answer: await answerOf(context, session, session.isRevoked) }
}

async function answerOf(
  context: Context,
  session: UploadSession,
  isRevoked: boolean,
): Promise<UploadAnswer | null> {
  const { storage, now } = context
  const { kind } = session.state
  if (kind === 'cancelled' || (isRevoked && kind !== 'registered')) return { kind: 'cancelled', isNew: false }
  if (isExpired(session, now())) {
    return { kind: now() < session.expiresAtMs + GONE_MS ? 'expired' : 'unknown' }
  }
  // The bytes of a refused content may still be there.
  if (session.failure) return { kind: 'dead', failure: session.failure }
  const object = await storage.stat(session.objectName)
  if (kind === 'registered') {
    const file = object && (await findFile(context, session))
    return object && file ? { kind: 'object', object, file, isNew: false } : { kind: 'unknown' }
  }
  if (object) return { kind: 'object', object, file: null, isNew: false }
  if (kind === 'dead') return { kind: 'dead', failure: null }
  return session.layout === 'parts' ? { kind: 'takes-parts' } : null
}

/** Returns the File of a registered session; null when it is deleted. */
async function findFile(
  { database, now }: Pick<Context, 'database' | 'now'>,
  { organizationId, fileId }: UploadSession,
): Promise<File | null> {
  const file = await database.files.find(organizationId, fileId)
  return file && !isExpiredFile(file, now()) ? file : null
}

/** Returns the answer for a session URI that was issued before the installation changed to delegated uploads. */
export async function findRetiredSession({ database }: Context, uploadId: string): Promise<UploadAnswer> {
  const session = await database.credentials.findUploadSession(hashSecret(uploadId))
  return { kind: session === null ? 'unknown' : 'expired' }
}
