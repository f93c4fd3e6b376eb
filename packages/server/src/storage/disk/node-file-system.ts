import { constants } from 'node:fs'
import { link, mkdir, open, opendir, rename, stat, unlink } from 'node:fs/promises'
import { ifMissing } from './file-errors.ts'
import type { FileSystem, OpenMode } from './file-system.ts'

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_APPEND } = constants

const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  write: O_RDWR,
  create: O_RDWR | O_CREAT | O_EXCL,
  append: O_RDWR | O_APPEND,
  'append-or-create': O_RDWR | O_APPEND | O_CREAT,
}

/** How many names are read from a folder at a time. */
const NAMES_AT_A_TIME = 256

/** The system's own. Its open files are Node's as they are: what is between them and the storage costs nothing. */
export const nodeFileSystem: FileSystem = {
  open: (path, mode) => open(path, FLAGS[mode]),
  link,
  rename,
  remove: (path) => unlink(path).catch(ifMissing(undefined)),
  makeDirectory: (path) => mkdir(path, { mode: 0o700 }),
  list: async function* (path) {
    for await (const { name } of await opendir(path, { bufferSize: NAMES_AT_A_TIME })) yield name
  },
  stat: (path) => stat(path),
}
