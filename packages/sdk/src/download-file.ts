import type { Api } from './api.ts'
import { fetchOrFail } from './api.ts'
import type { GetFileContentAnswer, WaybillFile } from './api-types.ts'
import { crc32c } from './crc32c/crc32c.ts'
import { crc32cText } from './crc32c/crc32c-text.ts'
import { errorOfAnswer } from './error-of-answer.ts'
import { ChecksumError, ConnectionError, WaybillError } from './errors.ts'
import { followSignal } from './follow-signal.ts'
import { delayAfter, isPassing, wait } from './retry.ts'

export interface DownloadOptions {
  readonly signal?: AbortSignal
  /** To go on with a download: how many bytes are there already, and their CRC-32C. */
  readonly from?: { readonly offset: number; readonly crc32c: number }
}

export interface Download {
  readonly file: WaybillFile
  /**
   * The bytes, from `from` on. A connection that is lost is followed by another one; after the last byte the CRC-32C of
   * the whole is compared, and the stream ends with a `ChecksumError` where it differs.
   */
  readonly body: ReadableStream<Uint8Array>
}

/** Rejects with a `WaybillError` where there is no such file, before any byte is asked for. */
export async function downloadFile(
  api: Api,
  fileId: string,
  { signal, from = { offset: 0, crc32c: 0 } }: DownloadOptions,
): Promise<Download> {
  const path = `/files/${encodeURIComponent(fileId)}`
  const file = await api.call<WaybillFile>({ method: 'GET', path, isRepeatable: true, signal })
  if (!Number.isSafeInteger(from.offset) || from.offset < 0)
    throw new RangeError('the offset is no number of bytes')
  if (from.offset > file.file_size) throw new RangeError(`the file has only ${file.file_size} bytes`)
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
  const freshUrl = async () => {
    const query = { method: 'GET', path: `${path}/content`, isRepeatable: true, signal: own.signal } as const
    return (await api.call<GetFileContentAnswer>(query)).download_url
  }
  const pieces = checked(file, from.crc32c, piecesFrom(api, file, from.offset, freshUrl, own.signal))
  return toStream(pieces, (reason) => {
    unfollow()
    own.abort(reason)
  })
}

async function* checked(
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
  throw new ChecksumError('CHECKSUM_MISMATCH', 'The file was damaged on its way.', { systemMessage })
}

async function* piecesFrom(
  api: Api,
  file: WaybillFile,
  start: number,
  freshUrl: () => Promise<string>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { fetch, retry } = api.connection
  let offset = start
  let url: string | null = null
  for (let failures = 0; offset < file.file_size; ) {
    try {
      url ??= await freshUrl()
      for await (const piece of bodyFrom(fetch, url, offset, signal)) {
        failures = 0
        offset += piece.byteLength
        yield piece
      }
      if (offset < file.file_size) throw brokenOff()
    } catch (error) {
      signal?.throwIfAborted()
      // A link has its time; another one may go on.
      const isLinkOver = url !== null && error instanceof WaybillError && error.status === 401
      failures++
      if (!(isPassing(error) || isLinkOver) || failures > retry.maxFailures) throw error
      url = null
      await wait(delayAfter(failures, error, retry), signal)
    }
  }
}

/** The link is a credential by itself: no key goes with it. */
async function* bodyFrom(
  fetchAny: typeof fetch,
  url: string,
  offset: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const answer = await fetchOrFail(fetchAny, url, {
    headers: offset === 0 ? {} : { Range: `bytes=${offset}-` },
    ...(signal === undefined ? {} : { signal }),
  })
  if (!answer.ok) throw await errorOfAnswer(answer)
  if (offset > 0 && answer.status !== 206) {
    const { status } = answer
    await answer.body?.cancel()
    throw new ConnectionError('DOWNLOAD_REFUSED', 'The storage does not go on in the middle of a file.', {
      status,
    })
  }
  const reader = answer.body?.getReader()
  try {
    for (;;) {
      const read = await reader?.read().catch((cause) => {
        signal?.throwIfAborted()
        throw brokenOff(cause)
      })
      if (read === undefined || read.done) return
      yield read.value
    }
  } finally {
    await reader?.cancel().catch(() => {})
  }
}

const brokenOff = (cause?: unknown) =>
  new ConnectionError('CONNECTION_FAILED', 'The download broke off.', { cause })

/** Nothing is asked for before somebody reads. `stop` is told when nobody does any more. */
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
      // What is asked for may never come.
      cancel: stop,
    },
    { highWaterMark: 0 },
  )
}
