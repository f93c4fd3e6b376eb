import type { Caller, RequestFacts } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { cancelSession } from './cancel-upload.ts'
import { findRetiredSession, findUploadSession } from './find-upload-session.ts'
import { isHosting } from './hosting-context.ts'
import type { UploadAnswer } from './upload-answer.ts'

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
 * Cancels the session of a session URI, unless its object is complete, and returns the answer to the request.
 * Throws ORGANIZATION_ACCESS_DENIED, STORAGE_UNAVAILABLE.
 */
export async function cancelBySessionUri(
  context: Context,
  uploadId: string,
  request: RequestFacts,
): Promise<UploadAnswer> {
  if (!isHosting(context)) return findRetiredSession(context, uploadId)
  const found = await findUploadSession(context, uploadId, request)
  if (found.answer) return found.answer
  try {
    await cancelUploadSession(context, found.caller, found.session.fileId)
    return { kind: 'cancelled' }
  } catch (error) {
    if (!isEarlierEnd(error)) throw error
    const { answer } = await findUploadSession(context, uploadId, request)
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
