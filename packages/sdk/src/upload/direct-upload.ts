import type { ListFilesAnswer, UploadFilesAnswer, WaybillFile } from '../api-types.ts'
import { crc32c } from '../crc32c/crc32c.ts'
import { crc32cText } from '../crc32c/crc32c-text.ts'
import { isTransient } from '../retry.ts'
import type { UploadTask } from './upload-task.ts'
import type { UploadedFile } from './uploaded-file.ts'

/** Tolerated difference between the clocks of client and service. */
const CLOCK_TOLERANCE_MS = 60_000

/** Uploads a complete file in one request, with its checksum. */
export async function uploadDirectly(task: UploadTask): Promise<UploadedFile> {
  const { api, source, filename, path, metadata, mimeType, checksums, sha256, meter, signal } = task
  const bytes = await source.read(0, source.sizeBytes)
  await source.assertUnchanged()
  const form = new FormData()
  form.set('crc32c', crc32cText(crc32c(bytes)))
  if (sha256 !== null) form.set('sha256', sha256)
  if (checksums.length > 0) form.set('checksums', checksums.join(','))
  if (path !== '') form.set('path', path)
  if (Object.keys(metadata).length > 0) form.set('metadata', JSON.stringify(metadata))
  form.set('file', new Blob([bytes], { type: mimeType }), filename)
  meter.state('uploading')
  await api.connection.rateLimit?.take(source.sizeBytes, signal)
  const response = await api.call<UploadFilesAnswer>({
    method: 'POST',
    path: '/files/upload',
    form,
    signal,
  })
  meter.sent(source.sizeBytes)
  // The service names it only when it is true.
  const { already_stored = false, ...file } = response as WaybillFile & { already_stored?: boolean }
  return { ...file, alreadyStored: already_stored }
}

/**
 * Finds the file that an upload has created since `startMs` although its response was lost. Returns null when there is
 * none, or when the key may not list files. Rejects with a `WaybillError` when the service cannot be reached.
 */
export async function findUploaded(task: UploadTask, startMs: number): Promise<WaybillFile | null> {
  const { api, source, filename, mimeType, sha256, signal } = task
  const crc = sha256 === null ? crc32cText(crc32c(await source.read(0, source.sizeBytes))) : null
  const query = { limit: 100 }
  const path = '/files'
  const page = await api.call<ListFilesAnswer>({ method: 'GET', path, query, signal }).catch((error) => {
    signal?.throwIfAborted()
    // All retries are used up: another kind of upload would only wait as long again.
    if (isTransient(error)) throw error
    // The key may have the scope to write but not to read.
    return null
  })
  const isMatch = (file: WaybillFile) =>
    file.original_filename === filename &&
    (file.path ?? '') === task.path &&
    file.file_size === source.sizeBytes &&
    // A Blob converts its type to lower case.
    file.mime_type.toLowerCase() === mimeType.trim().toLowerCase() &&
    (crc === null ? file.sha256 === sha256 : file.crc32c === crc) &&
    Date.parse(file.uploaded_at) > startMs - CLOCK_TOLERANCE_MS
  return page?.files.find(isMatch) ?? null
}

/**
 * Returns `ApiRequest.findResult` of a request that may make a File at once, because it announces a SHA-256; undefined
 * when it announces none.
 */
export function findsUploaded(
  task: UploadTask,
  toResult: (file: WaybillFile) => unknown,
): (() => Promise<unknown>) | undefined {
  const startMs = Date.now()
  if (task.sha256 === null) return undefined
  return async () => {
    const file = await findUploaded(task, startMs)
    return file && toResult(file)
  }
}
