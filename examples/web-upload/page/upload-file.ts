import { type UploadProgress, uploadTo, WaybillError } from '@waybill/sdk'
import { fetchJson } from './fetch-json.ts'
import { type StoredUrl, storedUrls } from './stored-urls.ts'

interface UploadFileOptions {
  readonly signal: AbortSignal
  readonly onProgress: (progress: UploadProgress) => void
}

/**
 * Uploads the file, and continues an upload of it that was stopped or interrupted. Begins again when the session of that
 * upload has ended.
 */
export async function uploadFile(file: File, options: UploadFileOptions): Promise<void> {
  const stored = storedUrls.get(file)
  try {
    await uploadTo(stored ?? (await openUpload(file, options.signal)), file, options)
    storedUrls.remove(file)
  } catch (error) {
    if (options.signal.aborted || !isFinal(error)) throw error
    storedUrls.remove(file)
    if (stored === null || error.code !== 'UPLOAD_SESSION_LOST') throw error
    await uploadFile(file, options)
  }
}

/** Asks the server of the application for an upload URL, and stores it. */
async function openUpload(file: File, signal: AbortSignal): Promise<string> {
  if (file.size === 0) throw new Error('The file is empty.')
  const opened = await fetchJson<StoredUrl>('/uploads', {
    method: 'POST',
    signal,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ filename: file.name, size: file.size, type: file.type }),
  })
  storedUrls.set(file, opened)
  return opened.uploadUrl
}

/** Returns true when the upload cannot continue: its session has ended, or the service refused the file. */
function isFinal(error: unknown): error is WaybillError {
  if (!(error instanceof WaybillError)) return false
  return error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429
}
