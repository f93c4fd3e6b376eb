import type { ByteSource, Bytes } from './byte-source.ts'

const PIECE_BYTES = 1024 * 1024

/**
 * Reads a complete source piece by piece; each piece is valid until the next one. Rejects with a `FileChangedError` at
 * the end when the source has changed, and with the signal's reason when it is aborted.
 */
export async function* readPieces(
  source: ByteSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Bytes> {
  const buffer = new Uint8Array(PIECE_BYTES)
  for (let offset = 0; offset < source.sizeBytes; offset += PIECE_BYTES) {
    signal?.throwIfAborted()
    yield await source.read(offset, Math.min(PIECE_BYTES, source.sizeBytes - offset), buffer)
  }
  await source.assertUnchanged()
}
