import { FileChangedError } from '../errors.ts'
import type { ByteSource } from './byte-source.ts'

/** A `Blob`, or a `File`, which also has a name and a date. */
export function blobSource(blob: Blob): ByteSource {
  const { name, lastModified } = blob as Partial<File>
  const isFile = typeof name === 'string' && typeof lastModified === 'number'
  return {
    filename: name ?? null,
    mimeType: blob.type || null,
    sizeBytes: blob.size,
    identity: isFile ? { name, isPath: false, modifiedMs: lastModified } : null,
    isRepeatable: true,
    read: async (offset, sizeBytes) => {
      try {
        return new Uint8Array(await blob.slice(offset, offset + sizeBytes).arrayBuffer())
      } catch (cause) {
        // A browser refuses to read a file that was changed after it was chosen.
        throw new FileChangedError('FILE_CHANGED', 'The file has changed, or can be read no more.', { cause })
      }
    },
    forget: () => {},
    assertUnchanged: async () => {},
    close: async () => {},
  }
}
