import type { Api } from '../api.ts'
import type { WaybillFile } from '../api-types.ts'
import { TooLargeError } from '../errors.ts'
import type { Platform, SessionStore } from '../platform/platform.ts'
import { delayAfter, isPassing, wait } from '../retry.ts'
import type { ByteSource } from '../source/byte-source.ts'
import { openSource, type UploadSource } from '../source/open-source.ts'
import { findUploaded, uploadDirectly } from './direct-upload.ts'
import type { Pause } from './pause.ts'
import { createProgressMeter, type UploadProgress } from './progress.ts'
import { uploadResumably } from './resumable-upload.ts'
import type { ChecksumAlgorithm, UploadTask } from './upload-task.ts'

export interface UploadOptions {
  /** The name of the file or of its path, where it has one and nothing else is said. */
  readonly filename?: string
  /** The file’s own, or `application/octet-stream`. */
  readonly mimeType?: string
  /** Of a stream, where it is known: it is then sent as it comes. A stream of unknown size is read to its end first. */
  readonly sizeBytes?: number
  /** What it throws ends the upload. */
  readonly onProgress?: (progress: UploadProgress) => void
  /** Gives the upload up, with what was stored of it. */
  readonly signal?: AbortSignal
  /** Whether to go on with an upload of the same file that was interrupted; true where nothing else is said. */
  readonly resume?: boolean
  /** Checksums that the service computes during the upload; the file has them as `md5` and `sha256`. */
  readonly checksums?: readonly ChecksumAlgorithm[]
}

/** Below it one request costs less than three. */
const MAX_DIRECT_BYTES = 4 * 1024 * 1024

/** Uploads and registers; rejects with a `WaybillError`, or with the signal’s reason. */
export async function uploadFile(
  api: Api,
  platform: Platform,
  store: SessionStore | null,
  input: UploadSource,
  options: UploadOptions,
  pause: Pause,
): Promise<WaybillFile> {
  let source: ByteSource | null = null
  try {
    options.signal?.throwIfAborted()
    source = await openSource(input, platform, options.sizeBytes, options.signal)
    const task = taskOf(api, platform, store, source, options, pause)
    const file = isForOneRequest(task) ? await uploadSmall(task) : await uploadResumably(task)
    task.meter.state('done')
    return file
  } finally {
    pause.end()
    await source?.close()
  }
}

function taskOf(
  api: Api,
  platform: Platform,
  store: SessionStore | null,
  source: ByteSource,
  options: UploadOptions,
  pause: Pause,
): UploadTask {
  const filename = options.filename ?? source.filename
  if (filename === null) throw new TypeError('this source has no name: give a filename')
  const meter = createProgressMeter(source.sizeBytes, options.onProgress)
  meter.state('preparing')
  const mimeType = options.mimeType ?? source.mimeType ?? 'application/octet-stream'
  const { resume = true, checksums = [], signal } = options
  return { api, platform, store, source, filename, mimeType, resume, checksums, meter, pause, signal }
}

/** Tells if one request is enough. Sessions refuse empty files; a form can change names with `%22` or line breaks. */
function isForOneRequest({ source, filename }: UploadTask): boolean {
  if (source.sizeBytes === 0) return true
  return source.sizeBytes <= MAX_DIRECT_BYTES && !/"|%22|[\r\n]/.test(filename)
}

/**
 * One request. Where it is not known what became of it, looks whether the file is there, and else takes the way on which nothing
 * can come to be twice.
 */
async function uploadSmall(task: UploadTask): Promise<WaybillFile> {
  const { signal, pause, meter } = task
  await pause.whileRunning(signal, async () => meter.state('paused'))
  const begunMs = Date.now()
  try {
    return await uploadDirectly(task)
  } catch (error) {
    signal?.throwIfAborted()
    // The limit of one request may be lower than ours.
    const isTooLarge = error instanceof TooLargeError && error.status === 413
    if (!isTooLarge && !isPassing(error)) throw error
    meter.found(0)
    const found = isTooLarge ? null : await findUploaded(task, begunMs)
    return found ?? (await (task.source.sizeBytes === 0 ? uploadEmptyAgain : uploadResumably)(task, error))
  }
}

/** Retries the upload of an empty file, which needs a direct upload. Checks before each retry if the file exists. */
async function uploadEmptyAgain(task: UploadTask, firstError: unknown): Promise<WaybillFile> {
  const { signal, api } = task
  const { retry } = api.connection
  const begunMs = Date.now()
  let error = firstError
  for (let failures = 1; failures <= retry.maxFailures; failures++) {
    task.meter.state('waiting')
    await wait(delayAfter(failures, error, retry), signal)
    const found = await findUploaded(task, begunMs)
    if (found !== null) return found
    try {
      return await uploadDirectly(task)
    } catch (latest) {
      signal?.throwIfAborted()
      if (!isPassing(latest)) throw latest
      error = latest
    }
  }
  throw error
}
