import type { Platform } from '../platform/platform.ts'
import { blobSource } from './blob-source.ts'
import type { ByteSource, Bytes } from './byte-source.ts'
import { bytesSource } from './bytes-source.ts'
import { streamSource } from './stream-source.ts'

/** What can be uploaded: a file, bytes, a stream of bytes, or in Node a path. */
export type UploadSource =
  | Blob
  | Uint8Array
  | ArrayBuffer
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | string
  | URL

/** So much of a stream whose size nobody knows is kept in memory, before it goes where the platform has room. */
const MAX_IN_MEMORY_BYTES = 8 * 1024 * 1024

/** `sizeBytes` is that of a stream, where it is known; a stream without it is read to its end first. */
export async function openSource(
  source: UploadSource,
  platform: Platform,
  sizeBytes: number | undefined,
): Promise<ByteSource> {
  if (typeof source === 'string' || source instanceof URL) return platform.openPath(source)
  if (source instanceof Blob) return blobSource(source)
  if (source instanceof Uint8Array) return bytesSource(source as Bytes)
  if (source instanceof ArrayBuffer) return bytesSource(new Uint8Array(source))
  const pieces = piecesOf(source)
  return sizeBytes === undefined ? gathered(pieces, platform) : streamSource(pieces, sizeBytes)
}

async function gathered(pieces: AsyncIterable<Bytes>, platform: Platform): Promise<ByteSource> {
  const iterator = pieces[Symbol.asyncIterator]()
  const first: Bytes[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await iterator.next()
    if (done) return blobSource(new Blob(first))
    first.push(value)
    bytes += value.byteLength
    if (bytes > MAX_IN_MEMORY_BYTES) break
  }
  async function* all() {
    try {
      yield* first
      yield* { [Symbol.asyncIterator]: () => iterator }
    } finally {
      await iterator.return?.()
    }
  }
  return platform.gather(all())
}

/** A `ReadableStream` cannot be iterated in every browser. */
async function* piecesOf(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Bytes> {
  if (!('getReader' in stream)) {
    yield* stream as AsyncIterable<Bytes>
    return
  }
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value as Bytes
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
