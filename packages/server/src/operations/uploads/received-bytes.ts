import type { UploadSession } from '../../domain/uploads/upload-session.ts'
import type { Context } from '../context.ts'

/** Returns the number of stored bytes of an unfinished upload; null when the provider does not report it. */
export async function receivedBytes(
  { storage }: Pick<Context, 'storage'>,
  { objectName, uploadHandle }: UploadSession,
): Promise<number | null> {
  const { uploads } = storage
  if (uploads.mode === 'hosted') return uploads.offset(objectName)
  return uploadHandle === null ? null : uploads.received(uploadHandle)
}
