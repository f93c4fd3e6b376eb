import { ownFetch } from '../own-fetch.ts'
import { createUploadSession } from './session.ts'
import { parseUploadUrl } from './upload-url.ts'

/**
 * Cancels the upload of an upload URL and deletes its bytes. A File that exists already stays. Rejects with a
 * `ConnectionError` when the service cannot be reached, or with a `TimeoutError` after 10 seconds.
 */
export async function cancelUpload(
  uploadUrl: string,
  options: { readonly fetch?: typeof fetch } = {},
): Promise<void> {
  await createUploadSession(parseUploadUrl(uploadUrl), options.fetch ?? ownFetch).cancel()
}
