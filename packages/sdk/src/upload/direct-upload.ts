import type { ListFilesAnswer, UploadFilesAnswer, WaybillFile } from '../api-types.ts'
import { crc32c } from '../crc32c/crc32c.ts'
import { crc32cText } from '../crc32c/crc32c-text.ts'
import { isPassing } from '../retry.ts'
import type { UploadTask } from './upload-task.ts'

/** The clocks of both sides may differ by this much. */
const CLOCKS_MS = 60_000

/** The whole file in one request, with its checksum. */
export async function uploadDirectly(task: UploadTask): Promise<WaybillFile> {
  const { api, source, filename, mimeType, checksums, meter, signal } = task
  const bytes = await source.read(0, source.sizeBytes)
  await source.assertUnchanged()
  const form = new FormData()
  form.set('crc32c', crc32cText(crc32c(bytes)))
  if (checksums.length > 0) form.set('checksums', checksums.join(','))
  form.set('file', new Blob([bytes], { type: mimeType }), filename)
  meter.state('uploading')
  const answer = await api.call<UploadFilesAnswer>({
    method: 'POST',
    path: '/files/upload',
    form,
    isRepeatable: false,
    signal,
  })
  meter.sent(source.sizeBytes)
  return answer as WaybillFile
}

/**
 * Returns the file that an upload since `begunMs` created and whose answer was lost; null if there is none, or if this key may not
 * list files. Throws a `WaybillError` if the service cannot be reached.
 */
export async function findUploaded(task: UploadTask, begunMs: number): Promise<WaybillFile | null> {
  const { api, source, filename, mimeType, signal } = task
  const crc = crc32cText(crc32c(await source.read(0, source.sizeBytes)))
  const query = { limit: 100 }
  const path = '/files'
  const page = await api
    .call<ListFilesAnswer>({ method: 'GET', path, query, isRepeatable: true, signal })
    .catch((error) => {
      signal?.throwIfAborted()
      // All retries are used up: another way of uploading would only wait as long again.
      if (isPassing(error)) throw error
      // A key may be allowed to write and not to read.
      return null
    })
  const isIt = (file: WaybillFile) =>
    file.original_filename === filename &&
    file.file_size === source.sizeBytes &&
    // A Blob has its type in lower case.
    file.mime_type.toLowerCase() === mimeType.trim().toLowerCase() &&
    file.crc32c === crc &&
    Date.parse(file.uploaded_at) > begunMs - CLOCKS_MS
  return page?.files.find(isIt) ?? null
}
