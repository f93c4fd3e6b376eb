import { FileChangedError } from '../errors.ts'
import type { ByteSource } from './byte-source.ts'

/** Creates a source from a `Blob` or a `File`. A `File` also has a name and a modification time. */
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
        // Browsers refuse to read a file that has changed since the user chose it.
        throw new FileChangedError('FILE_CHANGED', 'The file has changed or cannot be read any more.', {
          cause,
        })
      }
    },
    forget: () => {},
    assertUnchanged: async () => {},
    close: async () => {},
  }
}
