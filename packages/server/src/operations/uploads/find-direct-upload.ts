import { ServiceError } from '../../domain/errors.ts'
import { isDirectUpload, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { DirectUpload, DirectUploads } from '../../storage/direct-uploads.ts'
import type { Context } from '../context.ts'
import { findPendingUpload, uploadNotFound } from './part-upload.ts'

export interface FoundDirectUpload {
  readonly session: UploadSession
  readonly directUploads: DirectUploads
  readonly upload: DirectUpload
}

/**
 * Returns a pending upload whose parts clients send to the storage provider. Throws UPLOAD_NOT_FOUND,
 * UPLOAD_SESSION_EXPIRED.
 */
export async function findDirectUpload(
  context: Pick<Context, 'database' | 'storage' | 'now'>,
  organizationId: string,
  fileId: string,
): Promise<FoundDirectUpload> {
  const session = await findPendingUpload(context, organizationId, fileId)
  const { directUploads } = context.storage
  const { objectName: name, contentType, checksums, sizeBytes } = session
  if (directUploads === null || sizeBytes === null || !isDirectUpload(session)) throw uploadNotFound()
  return { session, directUploads, upload: { spec: { name, contentType, checksums }, sizeBytes } }
}

export function alreadyComplete(): ServiceError {
  return new ServiceError('UPLOAD_SESSION_EXPIRED', 'the upload is complete: it accepts no more parts')
}
