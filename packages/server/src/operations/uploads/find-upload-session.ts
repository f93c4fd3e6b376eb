import { hashSecret } from '../../domain/access/api-key.ts'
import { type Caller, callerOfUrl, type RequestFacts } from '../../domain/access/caller.ts'
import { GONE_MS, isExpired, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import type { UploadAnswer } from './upload-answer.ts'

/** Session that accepts bytes and the caller with its URI, or the answer to every request when it accepts none. */
export type FoundSession =
  | { readonly session: UploadSession; readonly caller: Caller; readonly answer: null }
  | { readonly session: null; readonly answer: UploadAnswer }

/**
 * Determines the caller of a session URI. Returns the session if it accepts bytes, and otherwise the answer to the request. Every request begins
 * with this check. A complete object is the answer to every request, and a registered session never expires.
 * Throws ORGANIZATION_ACCESS_DENIED when the organization is suspended.
 */
export async function findUploadSession(
  { database, storage, now }: Context,
  uploadId: string,
  request: RequestFacts,
): Promise<FoundSession> {
  const ended = (answer: UploadAnswer) => ({ session: null, answer })
  const session = await database.credentials.findUploadSession(hashSecret(uploadId))
  if (session === null) return ended({ kind: 'unknown' })
  if (!session.isOrganizationActive) throw organizationSuspended()
  const { kind } = session.state
  if (kind === 'cancelled' || (session.isRevoked && kind !== 'registered'))
    return ended({ kind: 'cancelled' })
  if (isExpired(session, now())) {
    return ended({ kind: now() < session.expiresAtMs + GONE_MS ? 'gone' : 'unknown' })
  }
  const object = await storage.stat(session.objectName)
  if (object) return ended({ kind: 'object', object })
  // A registered session without an object belongs to a deleted file.
  if (kind === 'registered') return ended({ kind: 'unknown' })
  if (kind === 'dead') return ended({ kind: 'gone' })
  return { session, caller: callerOfUrl('session-uri', session, request), answer: null }
}

/** Returns the answer for a session URI that was issued before the installation changed to delegated uploads. */
export async function findRetiredSession({ database }: Context, uploadId: string): Promise<UploadAnswer> {
  const session = await database.credentials.findUploadSession(hashSecret(uploadId))
  return { kind: session === null ? 'unknown' : 'gone' }
}
