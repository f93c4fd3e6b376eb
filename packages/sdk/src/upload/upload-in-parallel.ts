import { PART_TOOLS } from './part-tools.ts'
import type { UploadTask } from './upload-task.ts'
import type { UploadedFile } from './uploaded-file.ts'

/** Size from which several connections are faster than one. */
const MIN_BYTES = 32 * 1024 ** 2

/**
 * Uploads parts of the file at the same time. Resolves with null when that does not pay, or the service does not take
 * parts of this file: then a session does. In a page each kilobyte counts, so that the code is loaded with the first file
 * that needs it; without it, a session uploads the file. The code gets what it uses from here, because bundlers move what
 * two chunks import into a third one, which costs more than it saves.
 */
export async function uploadInParallel(task: UploadTask): Promise<UploadedFile | null> {
  const { parallel, source } = task
  if (parallel < 2 || source.sizeBytes < MIN_BYTES || !source.isRepeatable) return null
  const loaded = await import('./upload-parts.ts').catch(() => null)
  return loaded === null ? null : loaded.uploadParts({ ...task, ...PART_TOOLS })
}
