import { hashSecret } from '../../domain/access/api-key.ts'
import { GONE_MS, isExpired, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { organizationSuspended } from '../organizations/organization-suspended.ts'
import type { UploadAnswer } from './upload-answer.ts'

/** A session that can go on, or the answer that ends the matter. */
export type FoundSession =
  | { readonly session: UploadSession; readonly answer: null }
  | { readonly session: null; readonly answer: UploadAnswer }

/**
 * The session of a URI, by the first check of every request: its state. Once the object is whole, that is the
 * answer to everything; a session that is registered never expires. Throws ORGANIZATION_ACCESS_DENIED when the
 * organization is suspended.
 */
export async function findUploadSession(
  { database, storage, now }: Context,
  uploadId: string,
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
  // Registered and without an object: the file was deleted.
  if (kind === 'registered') return ended({ kind: 'unknown' })
  return kind === 'dead' ? ended({ kind: 'gone' }) : { session, answer: null }
}

/** The answer where clients send to a provider: a URI of this service is one from before that, and nothing goes on. */
export async function findForeignSession({ database }: Context, uploadId: string): Promise<UploadAnswer> {
  const session = await database.credentials.findUploadSession(hashSecret(uploadId))
  return { kind: session === null ? 'unknown' : 'gone' }
}
