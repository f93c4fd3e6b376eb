import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import type { Inventory, InventoryEntry } from '../inventory.ts'
import type { WriterLocks } from '../writer-locks.ts'
import { syncDirectory } from './directories.ts'
import { hasErrno, ifMissing, toStorageError, withStorageErrors } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import { removeUpload } from './finalize-object.ts'
import { createLogOpener, readUploadState } from './log-file.ts'
import type { ObjectDescription } from './object-format.ts'
import { type ObjectFile, type ObjectPaths, objectPaths, parseFileName, SHARDS } from './object-paths.ts'
import { describeObject, neededSegments } from './open-object.ts'
import { readText, writeText } from './text-file.ts'
import type { UploadState } from './upload-log.ts'

/** Lists the files of the storage; each shard directory is a section. The id of an orphan is its file name. */
export function createDiskInventory(fs: FileSystem, root: string, locks: WriterLocks): Inventory {
  return {
    sections: SHARDS.length,
    list: (section) => listShard(fs, root, SHARDS[section] ?? '', locks),
    removeOrphan: (id) => withStorageErrors(() => removeOrphan(fs, root, id)),
    owner: (candidate) => withStorageErrors(() => owner(fs, root, candidate)),
    knownOwner: () => withStorageErrors(() => readText(fs, join(root, OWNER))),
  }
}

/** Streams the entries of one directory. Its names are read in small batches: the directory may be of any size. */
async function* listShard(
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

/** Returns the entry of the file; null when the file has been removed, or belongs to an upload with an entry. */
async function describeFile(fs: FileSystem, root: string, file: ObjectFile): Promise<InventoryEntry | null> {
  try {
    const entry = await describers[file.part](fs, file)
    const hasOwnName =
      entry === null || entry.name === null || objectPaths(root, entry.name).log === file.paths.log
    if (!hasOwnName) throw new Error('the file contains the name of another object')
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
    return orphanOf(fs, path, object)
  },

  segment: async (fs, file) => {
    // With a log, the segment belongs to the upload, which has its own entry.
    if (await exists(fs, file.paths.log)) return null
    const object = await describeObject(fs, file.paths)
    return isNeeded(file, object) ? null : orphanOf(fs, file.path, object)
  },
}

async function orphanOf(fs: FileSystem, path: string, object: ObjectDescription | null): Promise<Described> {
  const name = object?.metadata.name ?? null
  return { kind: 'orphan', id: basename(path), name, modifiedAtMs: await modifiedAtMs(fs, path) }
}

/**
 * Removes the file if it still is an orphan: a writer of another process may have continued since the listing. Looks for
 * the log before the object. A writer creates the object before it removes the log, so when neither is found, nothing
 * needs the segment.
 */
async function removeOrphan(fs: FileSystem, root: string, id: string): Promise<boolean> {
  const file = parseFileName(root, id)
  if (file === null || file.part === 'object' || !(await exists(fs, file.path))) return false
  const hasLog = await exists(fs, file.paths.log)
  const state = await readState(fs, file.paths)
  // Files beside an object may be removed only when its name is durable. `describeObject` makes it so.
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

/** Uses a separate opener: a listing of all logs must not evict the states of active writers from the shared cache. */
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

/**
 * Returns the content of the file `OWNER`, and creates it with `candidate` when it is missing. The file is written under
 * a temporary name and then linked: of several processes, the first one wins.
 */
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
  // Sync a link of another process too: that process may have crashed before its sync.
  await syncDirectory(fs, root)
  const owner = await readText(fs, path)
  if (owner === null) throw new Error('the file OWNER was removed')
  return owner
}
