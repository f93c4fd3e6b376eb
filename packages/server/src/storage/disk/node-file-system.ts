import {
  closeSync,
  close as closeWithCallback,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  ftruncate,
  ftruncateSync,
  linkSync,
  open,
  openSync,
  read,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
  writev,
  writevSync,
} from 'node:fs'
import { mkdir, opendir, unlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { freeBytes } from '../../platform/free-bytes.ts'
import { isPages, PAGE_BYTES } from '../../platform/page-memory.ts'
import { hasErrno } from './file-errors.ts'
import type { FileSystem, OpenFile, OpenMode } from './file-system.ts'

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_APPEND, O_DIRECT } = constants

const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  write: O_RDWR,
  create: O_RDWR | O_CREAT | O_EXCL,
  append: O_RDWR | O_APPEND,
  'append-or-create': O_RDWR | O_APPEND | O_CREAT,
  'append-new': O_RDWR | O_APPEND | O_CREAT | O_EXCL,
}

/** Number of names that are read from a directory at once. */
const LIST_BATCH_NAMES = 256
/** Largest transfer that is faster in this thread than in the thread pool. */
const SMALL_BYTES = 64 * 1024

const openLater: (path: string, flags: number) => Promise<number> = promisify(open)
const readLater = promisify(read)
const writevLater = promisify(writev)
const truncateLater = promisify(ftruncate)
const datasyncLater = promisify(fdatasync)
const syncLater = promisify(fsync)
const closeLater = promisify(closeWithCallback)

/**
 * File system of the operating system. Calls that need only data in memory, such as opening a file, are synchronous:
 * they take some microseconds, and ten times as long in Node's thread pool. A small file then takes a third of the
 * processor time. Calls that wait for the disk or move many bytes use the thread pool; so does the creation of a file, which
 * waits for the journal of the disk while other files are synced.
 */
export const nodeFileSystem: FileSystem = {
  open: async (path, mode) =>
    openFile(mode === 'create' ? await openLater(path, FLAGS.create) : openSync(path, FLAGS[mode])),
  link: async (path, newPath) => linkSync(path, newPath),
  rename: async (path, newPath) => renameSync(path, newPath),
  remove,
  makeDirectory: (path) => mkdir(path, { mode: 0o700 }),
  list: async function* (path) {
    for await (const { name } of await opendir(path, { bufferSize: LIST_BATCH_NAMES })) yield name
  },
  stat: async (path) => statSync(path),
  exists: async (path) => statSync(path, { throwIfNoEntry: false }) !== undefined,
  freeBytes: async (path) => freeBytes(path),
}

function openFile(fd: number): OpenFile {
  let isClosed = false
  const direct = createDirectWriter(fd)
  return {
    read: async (into, offset, length, position) =>
      length <= SMALL_BYTES
        ? { bytesRead: readSync(fd, into, offset, length, position) }
        : readLater(fd, into, offset, length, position),
    write: async (bytes) => ({ bytesWritten: writeSync(fd, bytes) }),
    writev: async (buffers, position) => {
      if (isSmall(buffers)) return { bytesWritten: writevSync(fd, buffers, position) }
      return (await direct.writev(buffers, position)) ?? writevLater(fd, buffers, position)
    },
    truncate: async (bytes) =>
      fstatSync(fd).size <= SMALL_BYTES ? ftruncateSync(fd, bytes) : truncateLater(fd, bytes),
    stat: async () => fstatSync(fd),
    datasync: () => datasyncLater(fd),
    sync: () => syncLater(fd),
    close: async () => {
      // A second close would close another file that has got the same descriptor.
      if (isClosed) return
      isClosed = true
      direct.close()
      const { nlink, size } = fstatSync(fd)
      // Closing a file without a name frees its space, which takes long for a large file.
      if (nlink === 0 && size > SMALL_BYTES) await closeLater(fd)
      else closeSync(fd)
    },
  }
}

interface DirectWriter {
  /** Returns null when these bytes cannot be written directly. */
  writev(
    buffers: readonly Buffer[],
    position: number,
  ): Promise<{ bytesWritten: number; isDirect: boolean } | null>
  close(): void
}

/**
 * Writes complete pages without a copy in the page cache (`O_DIRECT`), where the system and the file system can do it. A
 * large upload then takes half of the processor time, and its sync has nothing left to write.
 */
function createDirectWriter(fd: number): DirectWriter {
  let directFd: number | null | undefined
  return {
    writev: async (buffers, position) => {
      if (position % PAGE_BYTES !== 0 || !buffers.every(isPages)) return null
      if (directFd === undefined) directFd = reopenDirect(fd)
      if (directFd === null) return null
      try {
        const { bytesWritten } = await writevLater(directFd, buffers, position)
        return { bytesWritten, isDirect: true }
      } catch (error) {
        // The disk needs another alignment.
        if (hasErrno(error, 'EINVAL')) return null
        throw error
      }
    },
    close: () => {
      if (directFd) closeSync(directFd)
    },
  }
}

/** Opens an open file a second time; returns null where direct writes are not possible. */
function reopenDirect(fd: number): number | null {
  try {
    // Only Linux has this flag and this path, which names the file even if it has been renamed or removed.
    return O_DIRECT === undefined ? null : openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_DIRECT)
  } catch {
    return null
  }
}

function isSmall(buffers: readonly Buffer[]): boolean {
  return buffers.reduce((bytes, { length }) => bytes + length, 0) <= SMALL_BYTES
}

/** Removes a name. The last name of a large file is removed in the thread pool: freeing its space takes long. */
async function remove(path: string): Promise<void> {
  const facts = statSync(path, { throwIfNoEntry: false })
  if (facts === undefined) return
  try {
    if (facts.nlink > 1 || facts.size <= SMALL_BYTES) unlinkSync(path)
    else await unlink(path)
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw error
  }
}
