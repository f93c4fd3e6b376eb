import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FileChangedError, SourceError } from '../errors.ts'
import type { ByteSource } from '../source/byte-source.ts'

/**
 * Flags for opening. Without O_NONBLOCK, opening a pipe blocks until another process writes to it. Windows has no
 * such flag.
 */
const READ_ONLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * Opens a file on disk. The file stays open, so that all bytes come from the same file even if the path is replaced.
 * Rejects with a `SourceError` when the file does not exist or cannot be read.
 */
export async function openFileSource(place: string | URL): Promise<ByteSource> {
  const path = resolve(place instanceof URL ? fileURLToPath(place) : place)
  const handle = await open(path, READ_ONLY).catch((error) => {
    throw unreadable(path, error)
  })
  const before = await handle.stat({ bigint: true })
  if (!before.isFile()) {
    await handle.close()
    throw new SourceError('SOURCE_UNREADABLE', `${path} is not a file.`)
  }
  const changed = () => new FileChangedError('FILE_CHANGED', `${path} changed during the upload.`)
  return {
    filename: basename(path),
    mimeType: null,
    sizeBytes: Number(before.size),
    identity: { name: path, isPath: true, modifiedMs: Number(before.mtimeMs) },
    isRepeatable: true,
    read: async (offset, sizeBytes, buffer = new Uint8Array(sizeBytes)) => {
      let filled = 0
      while (filled < sizeBytes) {
        const { bytesRead } = await handle
          .read(buffer, filled, sizeBytes - filled, offset + filled)
          .catch((error) => {
            throw unreadable(path, error)
          })
        if (bytesRead === 0) throw changed()
        filled += bytesRead
      }
      return buffer.subarray(0, sizeBytes)
    },
    forget: () => {},
    assertUnchanged: async () => {
      const now = await handle.stat({ bigint: true })
      if (now.size !== before.size || now.mtimeNs !== before.mtimeNs) throw changed()
    },
    close: () => handle.close(),
  }
}

function unreadable(path: string, error: NodeJS.ErrnoException): SourceError {
  const message = error.code === 'ENOENT' ? `The file ${path} does not exist.` : `${path} cannot be read.`
  return new SourceError('SOURCE_UNREADABLE', message, { systemMessage: error.message, cause: error })
}
