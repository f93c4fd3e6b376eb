import type { ByteSource, Bytes } from './byte-source.ts'

/** Creates a source from bytes in memory. */
export function bytesSource(bytes: Bytes): ByteSource {
  return {
    filename: null,
    mimeType: null,
    sizeBytes: bytes.byteLength,
    identity: null,
    isRepeatable: true,
    read: async (offset, sizeBytes) => bytes.subarray(offset, offset + sizeBytes),
    forget: () => {},
    assertUnchanged: async () => {},
    close: async () => {},
  }
}
