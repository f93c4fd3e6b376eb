import { createHmac } from 'node:crypto'
import { hashSecret } from '../../domain/access/api-key.ts'
import { type Caller, callerOfUrl } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { registerWhenComplete } from '../files/register-when-complete.ts'
import type { CreatedUploadSession } from './create-upload-session.ts'
import type { UploadAnswer } from './upload-answer.ts'

export interface Concatenated extends CreatedUploadSession {
  /** The object with its File, or the refusal of the content. */
  readonly answer: Exclude<UploadAnswer, { kind: 'cut' }>
}

interface Repeated {
  readonly uploadIds: readonly string[]
  readonly protocolState: string
}

/**
 * Returns the credential of the session URI of a final upload. It follows from those of the partial uploads, which only
 * their client knows, so that the service can tell it again without storing it.
 */
export function finalUploadId(uploadIds: readonly string[], fileId: string): string {
  return createHmac('sha256', JSON.stringify(uploadIds)).update(fileId).digest('base64url')
}

/**
 * Returns the final upload that has joined exactly these partial ones by an equal request, with its File; null when there
 * is none, or its File was deleted.
 */
export async function findConcatenated(
  context: Context,
  { organizationId, request }: Caller,
  { uploadIds, protocolState }: Repeated,
): Promise<Concatenated | null> {
  const [first = ''] = uploadIds
  const partial = await context.database.credentials.findUploadSession(hashSecret(first))
  if (partial?.organizationId !== organizationId || partial.registers !== 'never') return null
  const { protocolState: finalId } = partial
  const session = finalId && (await context.database.uploadSessions.findByFileId(organizationId, finalId))
  // The list has the URLs of all partial uploads.
  if (!session || session.protocolState !== protocolState) return null
  const object = await context.storage.stat(session.objectName)
  if (object === null) return null
  const urlCaller = callerOfUrl('session-uri', session, request)
  const complete = { kind: 'object', object, file: null, isNew: false } as const
  const answer = await registerWhenComplete<never>(context, urlCaller, session, complete)
  if (answer.kind !== 'object' || answer.file === null) return null
  return { session, uploadId: finalUploadId(uploadIds, session.fileId), answer }
}
