import type { Caller, RequestFacts } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { cancelSession } from './cancel-upload.ts'
import { findRetiredSession, findUploadSession } from './find-upload-session.ts'
import { isHosting } from './hosting-context.ts'
import type { UploadAnswer } from './upload-answer.ts'

/**
 * Cancels the session of a session URI, unless its object is complete. The URI is the credential, so the client needs no
 * key and stays unknown.
 * Throws ORGANIZATION_ACCESS_DENIED, STORAGE_UNAVAILABLE.
 */
export async function cancelUploadSession(
  context: Context,
  uploadId: string,
  request: RequestFacts,
): Promise<UploadAnswer> {
  if (!isHosting(context)) return findRetiredSession(context, uploadId)
  const found = await findUploadSession(context, uploadId)
  if (found.answer) return found.answer
  const { organizationId, fileId } = found.session
  const caller: Caller = { organizationId, actor: { kind: 'session-uri' }, scopes: [], request }
  try {
    await cancelByUri(context, caller, fileId)
    return { kind: 'cancelled' }
  } catch (error) {
    if (!isEarlierEnd(error)) throw error
    const { answer } = await findUploadSession(context, uploadId)
    return answer ?? { kind: 'unknown' }
  }
}

const cancelByUri = defineOperation(
  { action: 'cancelUploadSession', kind: 'change', scope: null, targetOf: (fileId) => fileId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    fileId: string,
  ): Promise<void> => {
    const { state } = await cancelSession(context, organizationId, fileId)
    if (state.kind === 'expired') throw new ServiceError('UPLOAD_SESSION_EXPIRED', 'the session has expired')
  },
)

const EARLIER_ENDS: ReadonlySet<string> = new Set([
  'FILE_ALREADY_REGISTERED',
  'UPLOAD_SESSION_EXPIRED',
  'UPLOAD_NOT_FOUND',
])

/** Returns true when the session ended in another way after it was found. */
function isEarlierEnd(error: unknown): boolean {
  return error instanceof ServiceError && EARLIER_ENDS.has(error.code)
}
