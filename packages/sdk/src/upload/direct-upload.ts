import type { ListFilesAnswer, UploadFilesAnswer, WaybillFile } from '../api-types.ts'
import { crc32c } from '../crc32c/crc32c.ts'
import { crc32cText } from '../crc32c/crc32c-text.ts'
import { isTransient } from '../retry.ts'
import type { UploadTask } from './upload-task.ts'

/** Tolerated difference between the clocks of client and service. */
const CLOCK_TOLERANCE_MS = 60_000

/** Uploads a complete file in one request, with its checksum. */
export async function uploadDirectly(task: UploadTask): Promise<WaybillFile> {
  const { api, source, filename, mimeType, checksums, meter, signal } = task
  const bytes = await source.read(0, source.sizeBytes)
  await source.assertUnchanged()
  const form = new FormData()
  form.set('crc32c', crc32cText(crc32c(bytes)))
  if (checksums.length > 0) form.set('checksums', checksums.join(','))
  form.set('file', new Blob([bytes], { type: mimeType }), filename)
  meter.state('uploading')
  const response = await api.call<UploadFilesAnswer>({
    method: 'POST',
    path: '/files/upload',
    form,
    isIdempotent: false,
    signal,
  })
  meter.sent(source.sizeBytes)
  return response as WaybillFile
}

/**
 * Finds the file that an upload has created since `startMs` although its response was lost. Returns null when there is
 * none, or when the key may not list files. Rejects with a `WaybillError` when the service cannot be reached.
 */
export async function findUploaded(task: UploadTask, startMs: number): Promise<WaybillFile | null> {
  const { api, source, filename, mimeType, signal } = task
  const crc = crc32cText(crc32c(await source.read(0, source.sizeBytes)))
  const query = { limit: 100 }
  const path = '/files'
  const page = await api
    .call<ListFilesAnswer>({ method: 'GET', path, query, isIdempotent: true, signal })
    .catch((error) => {
      signal?.throwIfAborted()
      // All retries are used up: another kind of upload would only wait as long again.
      if (isTransient(error)) throw error
      // The key may have the scope to write but not to read.
      return null
    })
  const isMatch = (file: WaybillFile) =>
    file.original_filename === filename &&
    file.file_size === source.sizeBytes &&
    // A Blob converts its type to lower case.
    file.mime_type.toLowerCase() === mimeType.trim().toLowerCase() &&
    file.crc32c === crc &&
    Date.parse(file.uploaded_at) > startMs - CLOCK_TOLERANCE_MS
  return page?.files.find(isMatch) ?? null
}
