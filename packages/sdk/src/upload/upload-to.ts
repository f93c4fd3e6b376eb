import { platform } from '#platform'
import { ownFetch } from '../own-fetch.ts'
import { createRetrying, type RetryPolicy } from '../retry.ts'
import { openSource, type UploadSource } from '../source/open-source.ts'
import { createCrcHistory } from './crc-history.ts'
import { createPause, type Pause } from './pause.ts'
import { createProgressMeter } from './progress.ts'
import { type CompleteUpload, sendChunks } from './send-chunks.ts'
import { createUploadSession } from './session.ts'
import type { Upload, UploadOptions } from './upload-file.ts'
import { parseUploadUrl } from './upload-url.ts'

export interface UploadToOptions extends Pick<UploadOptions, 'sizeBytes' | 'onProgress'> {
  /** Stops sending. The service keeps the bytes, and a later call with the same URL continues the upload. */
  readonly signal?: AbortSignal
  readonly retry?: Partial<RetryPolicy>
  /** Replaces the platform's `fetch`. */
  readonly fetch?: typeof fetch
}

/**
 * Sends a file to an upload URL, which is the only credential: a web page gets it from the server of its application.
 * Continues an upload that was interrupted, also before a reload of the page, when the URL and the file are the same.
 * Resolves when all bytes have arrived and have the checksum of the sent ones. The File then exists if the upload
 * session registers automatically (`auto_register`). Rejects with a `WaybillError`, with the signal's reason, or with a
 * `TypeError` or `RangeError` for wrong arguments.
 */
export function uploadTo(
  uploadUrl: string,
  source: UploadSource,
  options: UploadToOptions = {},
): Upload<CompleteUpload> {
  const pause = createPause()
  const complete = sendTo(uploadUrl, source, options, pause)
  return Object.assign(complete, { pause: pause.pause, resume: pause.resume })
}

async function sendTo(
  uploadUrl: string,
  input: UploadSource,
  { sizeBytes, onProgress, signal, retry = {}, fetch = ownFetch }: UploadToOptions,
  pause: Pause,
): Promise<CompleteUpload> {
  const url = parseUploadUrl(uploadUrl)
  const retrying = createRetrying(fetch, retry)
  signal?.throwIfAborted()
  const source = await openSource(input, platform, sizeBytes, signal)
  try {
    const meter = createProgressMeter(source.sizeBytes, onProgress)
    meter.state('preparing')
    const complete = await sendChunks({
      source,
      session: createUploadSession(url, retrying.fetch),
      crcHistory: createCrcHistory(source, signal),
      meter,
      pause,
      retry: retrying.retry,
      rateLimit: null,
      signal,
      // The service must know the checksum before it registers the file, so that the last chunk is read before it is sent.
      isStreamed: false,
      // Only the service knows: the caller may have stored the URL.
      isResumed: true,
      save: async () => {},
    })
    meter.state('done')
    return complete
  } finally {
    pause.end()
    await source.close()
  }
}
