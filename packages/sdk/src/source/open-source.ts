import type { Platform } from '../platform/platform.ts'
import { blobSource } from './blob-source.ts'
import type { ByteSource, Bytes } from './byte-source.ts'
import { bytesSource } from './bytes-source.ts'
import { type ByteStream, type StreamPieces, streamPieces } from './stream-pieces.ts'
import { streamSource } from './stream-source.ts'

/** Source of an upload: a file, bytes, a stream of bytes, or in Node a path. */
export type UploadSource = Blob | Uint8Array | ArrayBuffer | ByteStream | string | URL

/** Bytes of a stream of unknown size that are held in memory before the platform stores the stream elsewhere. */
const MAX_IN_MEMORY_BYTES = 8 * 1024 * 1024

/**
 * Opens a source. `sizeBytes` is the size of a stream, if known. A stream of unknown size is read to its end first.
 * Rejects with the signal's reason as soon as the signal is aborted.
 */
export async function openSource(
  source: UploadSource,
  platform: Platform,
  sizeBytes: number | undefined,
  signal: AbortSignal | undefined,
): Promise<ByteSource> {
  if (typeof source === 'string' || source instanceof URL) return platform.openPath(source)
  if (source instanceof Blob) return blobSource(source)
  if (source instanceof Uint8Array) return bytesSource(source as Bytes)
  if (source instanceof ArrayBuffer) return bytesSource(new Uint8Array(source))
  if (!isStream(source)) {
    throw new TypeError('The source must be a path, a File, a Blob, bytes or a stream of bytes.')
  }
  if (sizeBytes !== undefined && !(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0)) {
    throw new RangeError(`sizeBytes must be a number of bytes, 0 or more, not ${sizeBytes}.`)
  }
  const pieces = streamPieces(source, signal)
  return sizeBytes === undefined ? spoolStream(pieces, platform) : streamSource(pieces, sizeBytes)
}

function isStream(source: unknown): boolean {
  return (
    typeof source === 'object' && source !== null && ('getReader' in source || Symbol.asyncIterator in source)
  )
}

async function spoolStream(pieces: StreamPieces, platform: Platform): Promise<ByteSource> {
  const first: Bytes[] = []
  async function* all() {
    yield* first
    for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) yield piece
  }
  try {
    let bytes = 0
    while (bytes <= MAX_IN_MEMORY_BYTES) {
      const piece = await pieces.next()
      if (piece === null) return blobSource(new Blob(first))
      first.push(piece)
      bytes += piece.byteLength
    }
    return await platform.spool(all())
  } finally {
    await pieces.stop()
  }
}
