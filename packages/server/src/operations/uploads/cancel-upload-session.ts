import type { Caller, RequestFacts } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { registerWhenComplete } from '../files/register-when-complete.ts'
import { cancelSession } from './cancel-upload.ts'
import { findRetiredSession, findUploadSession } from './find-upload-session.ts'
import { isHosting } from './hosting-context.ts'
import type { Received, UploadAnswer } from './upload-answer.ts'

/**
 * Cancels the session of the caller's session URI.
 * Throws UPLOAD_SESSION_EXPIRED, UPLOAD_NOT_FOUND, FILE_ALREADY_REGISTERED, STORAGE_UNAVAILABLE.
 */
export const cancelUploadSession = defineOperation(
  { action: 'cancelUploadSession', kind: 'change', scope: 'session-uri', targetOf: (fileId) => fileId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    fileId: string,
  ): Promise<void> => {
    const { state } = await cancelSession(context, organizationId, fileId)
    if (state.kind === 'expired') throw new ServiceError('UPLOAD_SESSION_EXPIRED', 'the session has expired')
  },
)

/**
 * Cancels the session of a session URI, and returns the answer to the request. Requests that still append end first. Of
 * complete uploads it cancels only partial ones, and registers the others as a request that sends bytes does.
 * Throws ORGANIZATION_ACCESS_DENIED, STORAGE_UNAVAILABLE.
 */
export async function cancelBySessionUri(
  context: Context,
  uploadId: string,
  request: RequestFacts,
): Promise<Received<UploadAnswer>> {
  if (!isHosting(context)) return { answer: await findRetiredSession(context, uploadId), session: null }
  const found = await findUploadSession(context, uploadId, request)
  const { session, caller } = found
  if (session === null) return { answer: found.answer, session }
  const isPartial = found.answer?.kind === 'object' && session.registers === 'never'
  const earlier = isPartial ? null : found.answer
  const answer = earlier ?? (await cancelUnlessEnded(context, caller, session, uploadId))
  return { answer: await registerWhenComplete(context, caller, session, answer), session }
}

async function cancelUnlessEnded(
  context: Context,
  caller: Caller,
  { fileId }: UploadSession,
  uploadId: string,
): Promise<UploadAnswer> {
  try {
    await cancelUploadSession(context, caller, fileId)
    return { kind: 'cancelled', isNew: true }
  } catch (error) {
    if (!isEarlierEnd(error)) throw error
    const { answer } = await findUploadSession(context, uploadId, caller.request)
    return answer ?? { kind: 'unknown' }
  }
}

const EARLIER_ENDS: ReadonlySet<string> = new Set([
  'FILE_ALREADY_REGISTERED',
  'UPLOAD_SESSION_EXPIRED',
  'UPLOAD_NOT_FOUND',
])

/** Returns true when the session ended in another way after it was found. */
function isEarlierEnd(error: unknown): boolean {
  return error instanceof ServiceError && EARLIER_ENDS.has(error.code)
}
