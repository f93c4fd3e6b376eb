import type { AuditEvent } from '../../domain/access/audit-event.ts'
import { recordAudit } from '../access/record-audit.ts'
import type { Context } from '../context.ts'
import { discardUpload } from './discard-upload.ts'
import { findForeignSession, findUploadSession } from './find-upload-session.ts'
import { isHosting } from './hosting-context.ts'
import type { UploadAnswer } from './upload-answer.ts'

/** DELETE on a session URI: cancels, unless the object is whole already. */
export async function cancelUploadSession(
  context: Context,
  uploadId: string,
  { traceId, clientAddress }: Pick<AuditEvent, 'traceId' | 'clientAddress'>,
): Promise<UploadAnswer> {
  if (!isHosting(context)) return findForeignSession(context, uploadId)
  const found = await findUploadSession(context, uploadId)
  if (found.answer) return found.answer
  const { organizationId, fileId } = found.session
  const session = await context.database.uploadSessions.cancel(organizationId, fileId, context.now())
  if (session?.state.kind === 'cancelled') await discardUpload(context, session)
  // Whoever has the URI may do this; no key says who it is.
  const what = { organizationId, actor: null, action: 'cancelUploadSession', target: fileId }
  await recordAudit(context, { ...what, outcome: 'ok', traceId, clientAddress })
  return { kind: 'cancelled' }
}
