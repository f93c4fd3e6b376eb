import type { FileSystem, OpenFile } from './file-system.ts'

/**
 * Wraps a file system with syncs that do nothing. A power cut can lose acknowledged bytes, so use it only for
 * comparisons with programs that do not sync.
 */
export function withoutSync(fs: FileSystem): FileSystem {
  return { ...fs, open: async (path, mode) => withoutFileSync(await fs.open(path, mode)) }
}

function withoutFileSync(file: OpenFile): OpenFile {
  return {
    read: (into, offset, length, position) => file.read(into, offset, length, position),
    write: (bytes) => file.write(bytes),
    writev: (buffers, position) => file.writev(buffers, position),
    truncate: (bytes) => file.truncate(bytes),
    stat: () => file.stat(),
    datasync: async () => {},
    sync: async () => {},
    close: () => file.close(),
  }
}
