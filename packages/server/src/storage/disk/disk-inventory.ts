import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import { ServiceError } from '../../domain/errors.ts'
import type { Inventory, InventoryEntry } from '../inventory.ts'
import { syncDirectory } from './directories.ts'
import { hasErrno, ifMissing, toStorageError, withStorageErrors } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import { removeUpload } from './finalize-object.ts'
import { createLogOpener, type LogFile, type OpenLog, readUploadState } from './log-file.ts'
import type { ObjectDescription } from './object-format.ts'
import { type ObjectFile, type ObjectPaths, objectPaths, parseFileName, SHARDS } from './object-paths.ts'
import { describeObject, neededSegments } from './open-object.ts'
import { readText, writeText } from './text-file.ts'
import { NO_UPLOAD, type UploadState } from './upload-log.ts'

/**
 * Lists the files of the storage; each shard directory is a section. The id of an orphan is its file name. Uploads for
 * which `isInUse` returns true are left out.
 */
export function createDiskInventory(
  fs: FileSystem,
  root: string,
  isInUse: (name: string) => boolean,
): Inventory {
  return {
    sections: SHARDS.length,
    list: (section) => listShard(fs, root, SHARDS[section] ?? '', isInUse),
    removeOrphan: (id) => withStorageErrors(() => removeOrphan(fs, root, id)),
    owner: (candidate) => withStorageErrors(() => owner(fs, root, candidate)),
    knownOwner: () => withStorageErrors(() => readText(fs, join(root, OWNER))),
  }
}

/** Inputs of one listing. An upload and an object can have thousands of files, which share their log or their footer. */
interface Listing {
  readonly fs: FileSystem
  readonly openLog: OpenLog
  readonly isInUse: (name: string) => boolean
  /** Returns the name of the object and the segments that it needs; null when there is none. */
  describeObject(paths: ObjectPaths): Promise<ObjectBesideSegments | null>
}

interface ObjectBesideSegments {
  readonly name: string
  readonly needed: ReadonlySet<string>
}

const MAX_REMEMBERED_OBJECTS = 8

/** Uses a separate log opener: a listing of all logs must not evict the states of active writers from the shared cache. */
function beginListing(fs: FileSystem, isInUse: Listing['isInUse']): Listing {
  const remembered = new Map<string, Promise<ObjectBesideSegments | null>>()
  const describe = async (paths: ObjectPaths) => {
    const object = await describeObject(fs, paths)
    return object && { name: object.metadata.name, needed: neededSegments(object) }
  }
  return {
    fs,
    openLog: createLogOpener(fs),
    isInUse,
    describeObject: (paths) => {
      const description = remembered.get(paths.object) ?? describe(paths)
      remembered.set(paths.object, description)
      const [oldest] = remembered.keys()
      if (remembered.size > MAX_REMEMBERED_OBJECTS && oldest !== undefined) remembered.delete(oldest)
      return description
    },
  }
}

/** Streams the entries of one directory. Its names are read in small batches: the directory may be of any size. */
async function* listShard(
  fs: FileSystem,
  root: string,
  shard: string,
  isInUse: Listing['isInUse'],
): AsyncGenerator<InventoryEntry> {
  const listing = beginListing(fs, isInUse)
  try {
    for await (const name of fs.list(join(root, shard))) {
      const file = parseFileName(root, name)
      const entry = file && (await describeFile(listing, root, file))
      if (entry === null) continue
      if (entry.kind !== 'upload' || !isInUse(entry.name)) yield entry
    }
  } catch (error) {
    throw toStorageError(error)
  }
}

/** Returns the entry of the file; null when the file has been removed, or belongs to an upload with an entry. */
async function describeFile(
  listing: Listing,
  root: string,
  file: ObjectFile,
): Promise<InventoryEntry | null> {
  try {
    const entry = await describers[file.part](listing, file)
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
  Record<ObjectFile['part'], (listing: Listing, file: ObjectFile) => Promise<Described | null>>
> = {
  object: async ({ fs }, { paths }) => {
    const object = await describeObject(fs, paths)
    return (
      object && {
        kind: 'object',
        name: object.metadata.name,
        modifiedAtMs: await modifiedAtMs(fs, paths.object),
      }
    )
  },

  log: async ({ fs, openLog }, { path, paths }) => {
    const state = await readUploadState(paths, openLog)
    const object = await describeObject(fs, paths)
    if (object === null && state.name !== null) {
      const times = await Promise.all(
        [path, ...changingFiles(paths, state)].map((one) => modifiedAtMs(fs, one).catch(ifMissing(0))),
      )
      return { kind: 'upload', name: state.name, modifiedAtMs: Math.max(...times) }
    }
    return orphanOf(fs, path, object?.metadata.name ?? null)
  },

  segment: async (listing, file) => {
    const { fs } = listing
    if (await exists(fs, file.paths.log)) return describeSegmentOfUpload(listing, file)
    try {
      const object = await listing.describeObject(file.paths)
      const isNeeded = file.writerId !== null && object?.needed.has(file.writerId)
      return isNeeded ? null : await orphanOf(fs, file.path, object?.name ?? null)
    } catch (error) {
      // The entry of the object reports its damage, once for all of its segments.
      if (error instanceof ServiceError && error.code === 'OBJECT_DAMAGED') return null
      throw error
    }
  },
}

/** Returns the paths of segments that may be newer than the log. Stored parts do not change. */
function changingFiles(paths: ObjectPaths, { writerIds, parts }: UploadState): string[] {
  return [...writerIds, ...(parts?.attempts ?? [])].map(paths.segment)
}

/**
 * Returns null for a segment that its upload needs: the upload has its own entry. A file that is no stored part is an
 * orphan without a name, because its part may be arriving in another process.
 */
async function describeSegmentOfUpload(
  { fs, openLog, isInUse }: Listing,
  { path, paths, writerId }: ObjectFile,
): Promise<Described | null> {
  const { name, parts } = await readUploadState(paths, openLog)
  if (parts === null || name === null || isInUse(name)) return null
  if (writerId !== null && parts.storedIds.has(writerId)) return null
  return (await exists(fs, paths.object)) ? null : orphanOf(fs, path, null)
}

/** `name` is the complete object beside the file; null for none. */
async function orphanOf(fs: FileSystem, path: string, name: string | null): Promise<Described> {
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
  const log = await createLogOpener(fs)(file.paths.log, 'existing')
  try {
    return await removeUnneeded(fs, file, log)
  } finally {
    await log?.close()
  }
}

async function removeUnneeded(fs: FileSystem, file: ObjectFile, log: LogFile | null): Promise<boolean> {
  const state = log === null ? NO_UPLOAD : await log.read()
  // Files beside an object may be removed only when its name is durable. `describeObject` makes it so.
  const object = await describeObject(fs, file.paths)
  if (file.part === 'log') {
    if (object === null && state.name !== null) return false
    await removeUpload(fs, file.paths, state, neededSegments(object))
    return true
  }
  if (log !== null) return object === null && removeAttempt(fs, file, log)
  if (isNeeded(file, object)) return false
  await fs.remove(file.path)
  return true
}

/**
 * Removes the file of an attempt or a completion that was abandoned. An entry in the log precedes the removal of an
 * attempt, so that it can no longer be stored. A completion fails without its file.
 */
async function removeAttempt(fs: FileSystem, { path, writerId }: ObjectFile, log: LogFile): Promise<boolean> {
  const before = (await log.read()).parts
  if (before === null || writerId === null || before.storedIds.has(writerId)) return false
  await log.append({ discarded: writerId })
  const { parts } = await log.read()
  if (parts === null || parts.storedIds.has(writerId)) return false
  await log.sync()
  await fs.remove(path)
  if (parts.seals.has(writerId)) await log.append({ unseal: writerId })
  return true
}

function isNeeded({ writerId }: ObjectFile, object: ObjectDescription | null): boolean {
  return writerId !== null && neededSegments(object).has(writerId)
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
