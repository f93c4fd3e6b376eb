import type { Api } from '../api.ts'
import { TooLargeError, ValidationError } from '../errors.ts'
import type { Platform, SessionStore } from '../platform/platform.ts'
import { delayAfter, isTransient, wait } from '../retry.ts'
import type { ByteSource } from '../source/byte-source.ts'
import { openSource, type UploadSource } from '../source/open-source.ts'
import { findUploaded, uploadDirectly } from './direct-upload.ts'
import type { Pause } from './pause.ts'
import { createProgressMeter, type UploadProgress } from './progress.ts'
import { uploadResumably } from './resumable-upload.ts'
import { uploadInParallel } from './upload-in-parallel.ts'
import type { ChecksumAlgorithm, UploadTask } from './upload-task.ts'
import type { UploadedFile } from './uploaded-file.ts'

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
  /**
   * True: computes the SHA-256 of the file first, and sends no bytes when the organization has stored this content
   * already. Without effect for a stream of known size, and in browsers beyond 64 MiB.
   */
  readonly instant?: boolean
  /**
   * Number of connections that send a large file at the same time, 1 (default) to 16. More than one needs the scope
   * `files:read` too; another process cannot resume such an upload.
   */
  readonly parallel?: number
  /** Folder of the file, such as `reports/2026`. Default: the root. */
  readonly path?: string
  /** Pairs that the service stores with the file, at most 16. */
  readonly metadata?: Readonly<Record<string, string>>
}

/** A running upload. `files.upload` resolves with the file when it is registered. */
export interface Upload<Result = UploadedFile> extends Promise<Result> {
  /**
   * Stops sending. Resolves when no request is running and the state of the upload is stored, so that the process may
   * end. A file that is sent in one request is not stopped during this request.
   */
  pause(): Promise<void>
  resume(): void
}

/** Size up to which a direct upload (one request) is faster than a session (three requests). */
const MAX_DIRECT_BYTES = 4 * 1024 * 1024
/** The same for an instant upload, which may need no bytes. */
const MAX_DIRECT_INSTANT_BYTES = 256 * 1024
const MAX_PARALLEL = 16

/** Uploads and registers a file. Rejects with a `WaybillError` or with the signal's reason. */
export async function uploadFile(
  api: Api,
  platform: Platform,
  store: SessionStore | null,
  input: UploadSource,
  options: UploadOptions,
  pause: Pause,
): Promise<UploadedFile> {
  let source: ByteSource | null = null
  try {
    options.signal?.throwIfAborted()
    source = await openSource(input, platform, options.sizeBytes, options.signal)
    const task = await taskOf(api, platform, store, source, options, pause)
    const file = isForOneRequest(task) ? await uploadSmall(task) : await uploadLarge(task)
    task.meter.state('done')
    return file
  } finally {
    pause.end()
    await source?.close()
  }
}

async function uploadLarge(task: UploadTask): Promise<UploadedFile> {
  return (await uploadInParallel(task)) ?? uploadResumably(task)
}

async function taskOf(
  api: Api,
  platform: Platform,
  store: SessionStore | null,
  source: ByteSource,
  options: UploadOptions,
  pause: Pause,
): Promise<UploadTask> {
  const filename = options.filename ?? source.filename
  if (filename === null) throw new TypeError('The source has no name: set the option filename.')
  assertFilename(filename)
  const meter = createProgressMeter(source.sizeBytes, options.onProgress)
  meter.state('preparing')
  const mimeType = options.mimeType ?? source.mimeType ?? 'application/octet-stream'
  const { resume = true, checksums = [], path = '', metadata = {}, parallel = 1, signal } = options
  if (!(Number.isInteger(parallel) && parallel >= 1 && parallel <= MAX_PARALLEL)) {
    throw new RangeError(`parallel must be a whole number, 1 to ${MAX_PARALLEL}.`)
  }
  const sha256 = options.instant && source.isRepeatable ? await platform.sha256(source, signal) : null
  const facts = { filename, path, metadata, mimeType, resume, checksums, sha256, parallel }
  return { api, platform, store, source, ...facts, meter, pause, signal }
}

/** Throws for a name that a form would shorten to its last component, and that the service refuses in a session. */
function assertFilename(filename: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (!/[/\\\0-\x1f\x7f-\x9f]/.test(filename)) return
  const message = 'A file name must not contain /, \\ or control characters.'
  throw new ValidationError('VALIDATION_ERROR', message, { details: { field: 'filename', value: filename } })
}

/**
 * Returns true when the file can be uploaded in one request, whose bytes are sent at once. Empty files must be, because
 * sessions refuse them. Names with quotes or `%22` must not, because form encoding can change them.
 */
function isForOneRequest({ api, source, filename, sha256 }: UploadTask): boolean {
  if (source.sizeBytes === 0) return true
  const maxBytes = sha256 === null ? MAX_DIRECT_BYTES : MAX_DIRECT_INSTANT_BYTES
  const { pieceBytes = maxBytes } = api.connection.rateLimit ?? {}
  return source.sizeBytes <= Math.min(maxBytes, pieceBytes) && !/"|%22/.test(filename)
}

/**
 * Uploads in one request. If its result is unknown, looks for the file in the service. If the file does not exist,
 * uploads through a session, which cannot create the file twice.
 */
async function uploadSmall(task: UploadTask): Promise<UploadedFile> {
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
    if (found !== null) return { ...found, alreadyStored: false }
    return (task.source.sizeBytes === 0 ? uploadEmptyAgain : uploadResumably)(task, error)
  }
}

/** Retries the direct upload of an empty file. Before each retry, checks that the file does not exist yet. */
async function uploadEmptyAgain(task: UploadTask, firstError: unknown): Promise<UploadedFile> {
  const { signal, api } = task
  const { retry } = api.connection
  const startMs = Date.now()
  let error = firstError
  for (let failures = 1; failures <= retry.maxFailures; failures++) {
    task.meter.state('waiting')
    await wait(delayAfter(failures, error, retry), signal)
    const found = await findUploaded(task, startMs)
    if (found !== null) return { ...found, alreadyStored: false }
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
