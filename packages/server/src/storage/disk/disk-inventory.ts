import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import type { Inventory, InventoryEntry } from '../inventory.ts'
import type { WriterLocks } from '../writer-locks.ts'
import { describeObject, neededSegments } from './describe-object.ts'
import { syncDirectory } from './directories.ts'
import { hasErrno, ifMissing, toStorageError, withStorageErrors } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import { removeUpload } from './finalize-object.ts'
import { createLogOpener } from './log-file.ts'
import type { ObjectDescription } from './object-format.ts'
import { type ObjectFile, type ObjectPaths, objectPaths, parseFileName, SHARDS } from './object-paths.ts'
import { readText } from './read-text.ts'
import { readUploadState } from './read-upload-state.ts'
import type { UploadState } from './upload-log.ts'
import { writeText } from './write-text.ts'

/** What lies in the folders, one section a folder. A stray's id is its file's name. */
export function createDiskInventory(fs: FileSystem, root: string, locks: WriterLocks): Inventory {
  return {
    sections: SHARDS.length,
    list: (section) => listFolder(fs, root, SHARDS[section] ?? '', locks),
    removeOrphan: (id) => withStorageErrors(() => removeOrphan(fs, root, id)),
    owner: (candidate) => withStorageErrors(() => owner(fs, root, candidate)),
    knownOwner: () => withStorageErrors(() => readText(fs, join(root, OWNER))),
  }
}

/** Each file is looked at by itself, so that a folder of any size is never in memory. */
async function* listFolder(
  fs: FileSystem,
  root: string,
  shard: string,
  locks: WriterLocks,
): AsyncGenerator<InventoryEntry> {
  try {
    for await (const name of fs.list(join(root, shard))) {
      const file = parseFileName(root, name)
      const entry = file && (await describeFile(fs, root, file))
      if (entry === null) continue
      if (entry.kind !== 'upload' || !locks.isTaken(entry.name)) yield entry
    }
  } catch (error) {
    throw toStorageError(error)
  }
}

/** What the file is; null for one that is gone, or that is a part of something that is listed by itself. */
async function describeFile(fs: FileSystem, root: string, file: ObjectFile): Promise<InventoryEntry | null> {
  try {
    const entry = await describers[file.part](fs, file)
    const isAtItsPlace =
      entry === null || entry.name === null || objectPaths(root, entry.name).log === file.paths.log
    if (!isAtItsPlace) throw new Error('it says that it belongs to another name')
    return entry
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return null
    const problem = error instanceof Error ? error.message : String(error)
    return { kind: 'unreadable', id: basename(file.path), problem }
  }
}

type Described = Exclude<InventoryEntry, { kind: 'unreadable' }>

const describers: Readonly<
  Record<ObjectFile['part'], (fs: FileSystem, file: ObjectFile) => Promise<Described | null>>
> = {
  object: async (fs, { paths }) => {
    const object = await describeObject(fs, paths)
    return (
      object && {
        kind: 'object',
        name: object.metadata.name,
        modifiedAtMs: await modifiedAtMs(fs, paths.object),
      }
    )
  },

  log: async (fs, { path, paths }) => {
    const state = await readState(fs, paths)
    const object = await describeObject(fs, paths)
    if (object === null && state.name !== null) {
      const files = [path, ...state.writerIds.map(paths.segment)]
      const times = await Promise.all(files.map((one) => modifiedAtMs(fs, one).catch(ifMissing(0))))
      return { kind: 'upload', name: state.name, modifiedAtMs: Math.max(...times) }
    }
    return strayOf(fs, path, object)
  },

  segment: async (fs, file) => {
    // With a log it is a part of the upload.
    if (await exists(fs, file.paths.log)) return null
    const object = await describeObject(fs, file.paths)
    return isNeeded(file, object) ? null : strayOf(fs, file.path, object)
  },
}

async function strayOf(fs: FileSystem, path: string, object: ObjectDescription | null): Promise<Described> {
  const name = object?.metadata.name ?? null
  return { kind: 'orphan', id: basename(path), name, modifiedAtMs: await modifiedAtMs(fs, path) }
}

/**
 * Decides anew, since the writer of another process may have gone on. A log that is gone is looked for before the
 * object: a writer names the object first, so when there is neither, there is nothing that could need a segment.
 */
async function removeOrphan(fs: FileSystem, root: string, id: string): Promise<boolean> {
  const file = parseFileName(root, id)
  if (file === null || file.part === 'object' || !(await exists(fs, file.path))) return false
  const hasLog = await exists(fs, file.paths.log)
  const state = await readState(fs, file.paths)
  // What is beside the object may only go once the object's name cannot be lost any more: opening it sees to that.
  const object = await describeObject(fs, file.paths)
  if (file.part === 'log') {
    if (object === null && state.name !== null) return false
    await removeUpload(fs, file.paths, state, neededSegments(object))
    return true
  }
  if (hasLog || isNeeded(file, object)) return false
  await fs.remove(file.path)
  return true
}

function isNeeded({ writerId }: ObjectFile, object: ObjectDescription | null): boolean {
  return writerId !== null && neededSegments(object).has(writerId)
}

/** With an opener of its own: a look through all logs must not make the writers' one forget theirs. */
function readState(fs: FileSystem, paths: ObjectPaths): Promise<UploadState> {
  return readUploadState(paths, createLogOpener(fs))
}

async function modifiedAtMs(fs: FileSystem, path: string): Promise<number> {
  return (await fs.stat(path)).mtimeMs
}

async function exists(fs: FileSystem, path: string): Promise<boolean> {
  return fs.stat(path).then(() => true, ifMissing(false))
}

const OWNER = 'OWNER'

/** The file `OWNER`, made whole under another name first: `link` lets the first of several processes win. */
async function owner(fs: FileSystem, root: string, candidate: string): Promise<string> {
  const path = join(root, OWNER)
  if ((await readText(fs, path)) === null) {
    const draft = `${path}.${randomBytes(8).toString('hex')}.new`
    await writeText(fs, draft, candidate)
    await fs.link(draft, path).catch((error) => {
      if (!hasErrno(error, 'EEXIST')) throw error
    })
    await fs.remove(draft)
  }
  // Also the name that another process gave: it may not have come to its sync.
  await syncDirectory(fs, root)
  const owner = await readText(fs, path)
  if (owner === null) throw new Error('the owner has gone')
  return owner
}
