import { totalBytesOf } from '../../domain/uploads/part-limits.ts'
import { isDirectUpload, type UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'

/**
 * Returns the number of stored bytes of an unfinished upload, with parts that were sent twice; null when the provider
 * does not report it.
 */
export async function receivedBytes(
  { storage }: Pick<Context, 'storage'>,
  session: UploadSession,
): Promise<number | null> {
  const { objectName, layout, uploadHandle } = session
  const { uploads, parts } = storage
  // Parts of a direct upload are at the provider, and one list for each upload would cost too much.
  if (isDirectUpload(session)) return null
  if (layout === 'parts') return parts.isAvailable ? totalBytesOf(await parts.list(objectName)) : null
  if (uploads.mode === 'hosted') return uploads.offset(objectName)
  return uploadHandle === null ? null : uploads.received(uploadHandle)
}
