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
import { hasErrno } from './file-errors.ts'
import type { FileSystem, OpenFile, OpenMode } from './file-system.ts'

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_APPEND } = constants

const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  write: O_RDWR,
  create: O_RDWR | O_CREAT | O_EXCL,
  append: O_RDWR | O_APPEND,
  'append-or-create': O_RDWR | O_APPEND | O_CREAT,
  'append-new': O_RDWR | O_APPEND | O_CREAT | O_EXCL,
}

/** How many names are read from a folder at a time. */
const NAMES_AT_A_TIME = 256
/** What the system copies faster than another thread could be woken for it. */
const SMALL_BYTES = 64 * 1024

const readLater = promisify(read)
const writevLater = promisify(writev)
const truncateLater = promisify(ftruncate)
const datasyncLater = promisify(fdatasync)
const syncLater = promisify(fsync)
const closeLater = promisify(closeWithCallback)

/**
 * The system's own. A call that only touches what the system has in memory, such as opening a file, takes it some
 * microseconds, and ten times as long through Node's threads: such calls are made in place, and a small file is
 * stored with a third of the processor time. What waits for the disk, or moves much, goes to the threads.
 */
export const nodeFileSystem: FileSystem = {
  open: async (path, mode) => openFile(openSync(path, FLAGS[mode])),
  link: async (path, newPath) => linkSync(path, newPath),
  rename: async (path, newPath) => renameSync(path, newPath),
  remove,
  makeDirectory: (path) => mkdir(path, { mode: 0o700 }),
  list: async function* (path) {
    for await (const { name } of await opendir(path, { bufferSize: NAMES_AT_A_TIME })) yield name
  },
  stat: async (path) => statSync(path),
  freeBytes: async (path) => freeBytes(path),
}

function openFile(fd: number): OpenFile {
  let isClosed = false
  return {
    read: async (into, offset, length, position) =>
      length <= SMALL_BYTES
        ? { bytesRead: readSync(fd, into, offset, length, position) }
        : readLater(fd, into, offset, length, position),
    write: async (bytes) => ({ bytesWritten: writeSync(fd, bytes) }),
    writev: async (buffers, position) =>
      isSmall(buffers)
        ? { bytesWritten: writevSync(fd, buffers, position) }
        : writevLater(fd, buffers, position),
    truncate: async (bytes) =>
      fstatSync(fd).size <= SMALL_BYTES ? ftruncateSync(fd, bytes) : truncateLater(fd, bytes),
    stat: async () => fstatSync(fd),
    datasync: () => datasyncLater(fd),
    sync: () => syncLater(fd),
    close: async () => {
      // Again would close whatever has the number by then.
      if (isClosed) return
      isClosed = true
      const { nlink, size } = fstatSync(fd)
      // The last one to close a file that has no name any more frees what it holds.
      if (nlink === 0 && size > SMALL_BYTES) await closeLater(fd)
      else closeSync(fd)
    },
  }
}

function isSmall(buffers: readonly Buffer[]): boolean {
  return buffers.reduce((bytes, { length }) => bytes + length, 0) <= SMALL_BYTES
}

/** The last name of a large file takes long: all that it holds is freed. */
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
