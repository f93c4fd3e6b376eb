import type { FileSystem, OpenFile } from './file-system.ts'

/** `file`: bytes of a file. `folder`: names in a directory. */
export type SyncKind = 'file' | 'folder'

export type OnSync = (kind: SyncKind, seconds: number) => void

/** Wraps a file system and reports the duration of each sync, failed ones included, to `onSync`. */
export function watchSyncs(fs: FileSystem, onSync: OnSync): FileSystem {
  return { ...fs, open: async (path, mode) => watchFileSyncs(await fs.open(path, mode), onSync) }
}

function watchFileSyncs(file: OpenFile, onSync: OnSync): OpenFile {
  const timed = async (kind: SyncKind, sync: () => Promise<void>): Promise<void> => {
    const startMs = performance.now()
    try {
      await sync()
    } finally {
      onSync(kind, (performance.now() - startMs) / 1000)
    }
  }
  return {
    read: (into, offset, length, position) => file.read(into, offset, length, position),
    write: (bytes) => file.write(bytes),
    writev: (buffers, position) => file.writev(buffers, position),
    truncate: (bytes) => file.truncate(bytes),
    stat: () => file.stat(),
    datasync: () => timed('file', () => file.datasync()),
    sync: () => timed('folder', () => file.sync()),
    close: () => file.close(),
  }
}
