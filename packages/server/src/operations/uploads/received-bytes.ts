import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'

/** How many bytes of the unfinished upload are stored; null where its provider does not say. */
export async function receivedBytes(
  { storage }: Pick<Context, 'storage'>,
  { objectName, uploadHandle }: UploadSession,
): Promise<number | null> {
  const { uploads } = storage
  if (uploads.mode === 'hosted') return uploads.offset(objectName)
  return uploadHandle === null ? null : uploads.received(uploadHandle)
}
