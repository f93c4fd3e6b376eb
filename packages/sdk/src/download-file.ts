import type { Api } from './api.ts'
import { fetchOrFail } from './api.ts'
import type { GetFileContentAnswer, WaybillFile } from './api-types.ts'
import { crc32c } from './crc32c/crc32c.ts'
import { crc32cText } from './crc32c/crc32c-text.ts'
import { errorFromResponse } from './error-from-response.ts'
import { ChecksumError, ConnectionError, WaybillError } from './errors.ts'
import { followSignal } from './follow-signal.ts'
import { piecesOf } from './pieces-of.ts'
import { delayAfter, isTransient, wait } from './retry.ts'

export interface DownloadOptions {
  readonly signal?: AbortSignal
  /** Resumes a download: the number of bytes that the caller has already, and their CRC-32C. */
  readonly from?: { readonly offset: number; readonly crc32c: number }
}

export interface Download {
  readonly file: WaybillFile
  /**
   * The file's bytes from `from.offset` on. After a lost connection the download continues on a new one. After the last
   * byte the CRC-32C of the complete file is compared. The stream fails with a `ChecksumError` when it differs.
   */
  readonly body: ReadableStream<Uint8Array>
}

/**
 * Opens a download. Rejects with a `WaybillError` when the file does not exist. Requests no bytes before they are
 * read.
 */
export async function downloadFile(
  api: Api,
  fileId: string,
  { signal, from = { offset: 0, crc32c: 0 } }: DownloadOptions,
): Promise<Download> {
  const path = `/files/${encodeURIComponent(fileId)}`
  const file = await api.call<WaybillFile>({ method: 'GET', path, signal })
  if (!Number.isSafeInteger(from.offset) || from.offset < 0)
    throw new RangeError('from.offset must be a number of bytes, 0 or more.')
  if (from.offset > file.file_size)
    throw new RangeError(`from.offset is larger than the file, which has ${file.file_size} bytes.`)
  return { file, body: bodyOf(api, path, file, from, signal) }
}

function bodyOf(
  api: Api,
  path: string,
  file: WaybillFile,
  from: { readonly offset: number; readonly crc32c: number },
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const { controller: own, unfollow } = followSignal(signal)
  const requestUrl = async () => {
    const query = { method: 'GET', path: `${path}/content`, signal: own.signal } as const
    return (await api.call<GetFileContentAnswer>(query)).download_url
  }
  const pieces = verified(file, from.crc32c, piecesFrom(api, file, from.offset, requestUrl, own.signal))
  return toStream(pieces, (reason) => {
    unfollow()
    own.abort(reason)
  })
}

async function* verified(
  file: WaybillFile,
  before: number,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let crc = before
  for await (const piece of pieces) {
    crc = crc32c(piece, crc)
    yield piece
  }
  if (crc32cText(crc) === file.crc32c) return
  const systemMessage = `stored ${file.crc32c}, received ${crc32cText(crc)}`
  throw new ChecksumError('CHECKSUM_MISMATCH', 'The file was corrupted in transit: its checksum differs.', {
    systemMessage,
  })
}

async function* piecesFrom(
  api: Api,
  file: WaybillFile,
  start: number,
  requestUrl: () => Promise<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { fetch, retry, rateLimit } = api.connection
  let offset = start
  let url: string | null = null
  for (let failures = 0; offset < file.file_size; ) {
    try {
      url ??= await requestUrl()
      for await (const piece of bodyFrom(fetch, url, offset, signal)) {
        failures = 0
        offset += piece.byteLength
        await rateLimit?.take(piece.byteLength, signal)
        yield piece
      }
      if (offset < file.file_size) throw connectionLost()
    } catch (error) {
      signal?.throwIfAborted()
      // Download URLs expire. The download can continue with a new one.
      const isUrlExpired = url !== null && error instanceof WaybillError && error.status === 401
      failures++
      if (!(isTransient(error) || isUrlExpired) || failures > retry.maxFailures) throw error
      url = null
      await wait(delayAfter(failures, error, retry), signal)
    }
  }
}

/** Reads the body of one request. The download URL is the credential, so the API key is not sent. */
async function* bodyFrom(
  fetchAny: typeof fetch,
  url: string,
  offset: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const response = await fetchOrFail(fetchAny, url, {
    headers: offset === 0 ? {} : { Range: `bytes=${offset}-` },
    ...(signal === undefined ? {} : { signal }),
  })
  if (!response.ok) throw await errorFromResponse(response)
  if (offset > 0 && response.status !== 206) {
    const { status } = response
    await response.body?.cancel()
    throw new ConnectionError('DOWNLOAD_REFUSED', 'The storage does not support resuming a download.', {
      status,
    })
  }
  yield* piecesOf(response, signal, connectionLost)
}

const connectionLost = (cause?: unknown) =>
  new ConnectionError('CONNECTION_FAILED', 'The connection was lost during the download.', { cause })

/**
 * Returns the pieces as a stream. Requests a piece only when the reader wants one. Calls `stop` when the stream ends.
 */
function toStream(
  pieces: AsyncGenerator<Uint8Array>,
  stop: (reason: unknown) => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      pull: async (controller) => {
        try {
          const { done, value } = await pieces.next()
          if (!done) return controller.enqueue(value)
          controller.close()
        } catch (error) {
          controller.error(error)
        }
        stop(undefined)
      },
      // Not awaited: a requested piece may never arrive.
      cancel: stop,
    },
    { highWaterMark: 0 },
  )
}
