import type { Api } from '../api.ts'
import type { WaybillFile } from '../api-types.ts'
import { TooLargeError } from '../errors.ts'
import type { Platform, SessionStore } from '../platform/platform.ts'
import { delayAfter, isTransient, wait } from '../retry.ts'
import type { ByteSource } from '../source/byte-source.ts'
import { openSource, type UploadSource } from '../source/open-source.ts'
import { findUploaded, uploadDirectly } from './direct-upload.ts'
import type { Pause } from './pause.ts'
import { createProgressMeter, type UploadProgress } from './progress.ts'
import { uploadResumably } from './resumable-upload.ts'
import type { ChecksumAlgorithm, UploadTask } from './upload-task.ts'

export interface UploadOptions {
  /** File name. Default: the name of the `File` or the last component of the path. */
  readonly filename?: string
  /** Content type. Default: that of the `File` or `Blob`, or `application/octet-stream`. */
  readonly mimeType?: string
  /**
   * Size of a stream, if known: the stream is then sent while it is read. A stream of unknown size is read completely
   * first.
   */
  readonly sizeBytes?: number
  /** Called with the progress. An error that it throws ends the upload. */
  readonly onProgress?: (progress: UploadProgress) => void
  /** Cancels the upload and deletes its bytes in the service. */
  readonly signal?: AbortSignal
  /** True (default): resume an interrupted upload of the same file. False: cancel it and start over. */
  readonly resume?: boolean
  /** Checksums that the service computes during the upload; the file has them as `md5` and `sha256`. */
  readonly checksums?: readonly ChecksumAlgorithm[]
}

/** Size up to which a direct upload (one request) is faster than a session (three requests). */
const MAX_DIRECT_BYTES = 4 * 1024 * 1024

/** Uploads and registers a file. Rejects with a `WaybillError` or with the signal's reason. */
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
  if (filename === null) throw new TypeError('The source has no name: set the option filename.')
  const meter = createProgressMeter(source.sizeBytes, options.onProgress)
  meter.state('preparing')
  const mimeType = options.mimeType ?? source.mimeType ?? 'application/octet-stream'
  const { resume = true, checksums = [], signal } = options
  return { api, platform, store, source, filename, mimeType, resume, checksums, meter, pause, signal }
}

/**
 * Returns true when the file can be uploaded in one request. Empty files must be, because sessions refuse them. Names
 * with quotes, `%22` or line breaks must not, because form encoding can change them.
 */
function isForOneRequest({ source, filename }: UploadTask): boolean {
  if (source.sizeBytes === 0) return true
  return source.sizeBytes <= MAX_DIRECT_BYTES && !/"|%22|[\r\n]/.test(filename)
}

/**
 * Uploads in one request. If its result is unknown, looks for the file in the service. If the file does not exist,
 * uploads through a session, which cannot create the file twice.
 */
async function uploadSmall(task: UploadTask): Promise<WaybillFile> {
  const { signal, pause, meter } = task
  await pause.untilRunning(signal, async () => meter.state('paused'))
  const startMs = Date.now()
  try {
    return await uploadDirectly(task)
  } catch (error) {
    signal?.throwIfAborted()
    // The service's limit for one request may be lower than MAX_DIRECT_BYTES.
    const isTooLarge = error instanceof TooLargeError && error.status === 413
    if (!isTooLarge && !isTransient(error)) throw error
    meter.received(0)
    const found = isTooLarge ? null : await findUploaded(task, startMs)
    return found ?? (await (task.source.sizeBytes === 0 ? uploadEmptyAgain : uploadResumably)(task, error))
  }
}

/** Retries the direct upload of an empty file. Before each retry, checks that the file does not exist yet. */
async function uploadEmptyAgain(task: UploadTask, firstError: unknown): Promise<WaybillFile> {
  const { signal, api } = task
  const { retry } = api.connection
  const startMs = Date.now()
  let error = firstError
  for (let failures = 1; failures <= retry.maxFailures; failures++) {
    task.meter.state('waiting')
    await wait(delayAfter(failures, error, retry), signal)
    const found = await findUploaded(task, startMs)
    if (found !== null) return found
    try {
      return await uploadDirectly(task)
    } catch (latest) {
      signal?.throwIfAborted()
      if (!isTransient(latest)) throw latest
      error = latest
    }
  }
  throw error
}
