import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { DirectPart } from '../../storage/direct-uploads.ts'
import type { ObjectMetadata } from '../../storage/stored-object.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findDirectUpload } from './find-direct-upload.ts'
import { errorOfEnd, findPartUpload } from './part-upload.ts'

export interface CompletedDirectUpload {
  readonly session: UploadSession
  readonly object: ObjectMetadata
}

/**
 * Joins the parts that a client has sent to the storage provider, and reads the object once for its checksums. The client
 * registers it afterwards. The same call again returns the same object.
 * Throws UPLOAD_NOT_FOUND, UPLOAD_SESSION_EXPIRED, VALIDATION_ERROR for parts that are not stored, CHECKSUM_MISMATCH,
 * STORAGE_UNAVAILABLE.
 */
export const completeDirectUpload = defineOperation(
  { action: 'completeDirectUpload', kind: 'change', scope: 'files:write', targetOf: ({ fileId }) => fileId },
  async (
    context: Pick<Context, 'database' | 'storage' | 'now'>,
    { organizationId }: Caller,
    { fileId, parts }: { readonly fileId: string; readonly parts: readonly DirectPart[] },
  ): Promise<CompletedDirectUpload> => {
    const { session, directUploads, upload } = await findDirectUpload(context, organizationId, fileId)
    const completed = await directUploads.complete(upload, parts, session.announced)
    if (completed.kind === 'invalid-parts') {
      const shown = completed.partIds.slice(0, 10).join(', ')
      throw invalidValue('parts', 'invalid', `lacks parts that are stored with these entity tags: ${shown}`)
    }
    if (completed.kind === 'mismatch') {
      const { algorithm, expected: provided, actual: calculated } = completed
      const message = `${algorithm} does not match the bytes of the parts`
      throw new ServiceError('CHECKSUM_MISMATCH', message, { provided, calculated })
    }
    const { status } = await findPartUpload(context, organizationId, fileId)
    if (status === 'cancelled' || status === 'expired') throw await errorOfEnd(context, session)
    return { session, object: completed.object }
  },
)
