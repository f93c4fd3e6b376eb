import { randomBytes } from 'node:crypto'
import { access, link, opendir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Holding, Holdings } from '../storage.ts'
import type { WriterTurns } from '../writer-turns.ts'
import { describeObject, neededSegments } from './describe-object.ts'
import { syncDirectory } from './directories.ts'
import { hasErrno, toStorageError, withStorageErrors } from './file-errors.ts'
import { removeUpload } from './finalize-object.ts'
import { createLogOpener } from './log-file.ts'
import type { ObjectDescription } from './object-format.ts'
import { type ObjectFile, type ObjectPaths, objectPaths, parseFileName, SHARDS } from './object-paths.ts'
import { readUploadState } from './read-upload-state.ts'
import type { UploadState } from './upload-log.ts'

/** How many names are read from a folder at a time. */
const NAMES_AT_A_TIME = 256

/** What lies in the folders, one section a folder. A stray's id is its file's name. */
export function createDiskHoldings(root: string, turns: WriterTurns): Holdings {
  return {
    sections: SHARDS.length,
    list: (section) => listFolder(root, SHARDS[section] ?? '', turns),
    removeStray: (id) => withStorageErrors(() => removeStray(root, id)),
    owner: (candidate) => withStorageErrors(() => owner(root, candidate)),
  }
}

/** Each file is looked at by itself, so that a folder of any size is never in memory. */
async function* listFolder(root: string, shard: string, turns: WriterTurns): AsyncGenerator<Holding> {
  try {
    for await (const { name } of await opendir(join(root, shard), { bufferSize: NAMES_AT_A_TIME })) {
      const file = parseFileName(root, name)
      const holding = file && (await describeFile(root, file))
      if (holding === null) continue
      if (holding.kind !== 'upload' || !turns.isTaken(holding.name)) yield holding
    }
  } catch (error) {
    throw toStorageError(error)
  }
}

/** What the file is; null for one that is gone, or that is a part of something that is listed by itself. */
async function describeFile(root: string, file: ObjectFile): Promise<Holding | null> {
  try {
    const holding = await describers[file.part](file)
    const isAtItsPlace =
      holding === null || holding.name === null || objectPaths(root, holding.name).log === file.paths.log
    if (!isAtItsPlace) throw new Error('it says that it belongs to another name')
    return holding
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return null
    const problem = error instanceof Error ? error.message : String(error)
    return { kind: 'unreadable', id: basename(file.path), problem }
  }
}

type Described = Exclude<Holding, { kind: 'unreadable' }>

const describers: Readonly<Record<ObjectFile['part'], (file: ObjectFile) => Promise<Described | null>>> = {
  object: async ({ paths }) => {
    const object = await describeObject(paths)
    return (
      object && { kind: 'object', name: object.metadata.name, modifiedAtMs: await modifiedAtMs(paths.object) }
    )
  },

  log: async ({ path, paths }) => {
    const state = await readState(paths)
    const object = await describeObject(paths)
    if (object === null && state.name !== null) {
      const files = [path, ...state.writerIds.map(paths.segment)]
      const times = await Promise.all(files.map((one) => modifiedAtMs(one).catch(ifMissing(0))))
      return { kind: 'upload', name: state.name, modifiedAtMs: Math.max(...times) }
    }
    return strayOf(path, object)
  },

  segment: async (file) => {
    // With a log it is a part of the upload.
    if (await exists(file.paths.log)) return null
    const object = await describeObject(file.paths)
    return isNeeded(file, object) ? null : strayOf(file.path, object)
  },
}

async function strayOf(path: string, object: ObjectDescription | null): Promise<Described> {
  const name = object?.metadata.name ?? null
  return { kind: 'stray', id: basename(path), name, modifiedAtMs: await modifiedAtMs(path) }
}

/**
 * Decides anew, since the writer of another process may have gone on. A log that is gone is looked for before the
 * object: a writer names the object first, so when there is neither, there is nothing that could need a segment.
 */
async function removeStray(root: string, id: string): Promise<boolean> {
  const file = parseFileName(root, id)
  if (file === null || file.part === 'object' || !(await exists(file.path))) return false
  const hasLog = await exists(file.paths.log)
  const state = await readState(file.paths)
  const object = await describeObject(file.paths)
  // What is beside the object may only go once the object's name cannot be lost any more.
  if (object) await syncDirectory(file.paths.directory)
  if (file.part === 'log') {
    if (object === null && state.name !== null) return false
    await removeUpload(file.paths, state, neededSegments(object))
    return true
  }
  if (hasLog || isNeeded(file, object)) return false
  await rm(file.path, { force: true })
  return true
}

function isNeeded({ writerId }: ObjectFile, object: ObjectDescription | null): boolean {
  return writerId !== null && neededSegments(object).has(writerId)
}

/** With an opener of its own: a look through all logs must not make the writers' one forget theirs. */
function readState(paths: ObjectPaths): Promise<UploadState> {
  return readUploadState(paths, createLogOpener())
}

async function modifiedAtMs(path: string): Promise<number> {
  return (await stat(path)).mtimeMs
}

function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (hasErrno(error, 'ENOENT')) return value
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, ifMissing(false))
}

/** The file `OWNER`, made whole under another name first: `link` lets the first of several processes win. */
async function owner(root: string, candidate: string): Promise<string> {
  const path = join(root, 'OWNER')
  const standing = await readFile(path, 'utf8').catch(ifMissing(null))
  if (standing !== null) return standing
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`
  await writeFile(draft, candidate, { flush: true })
  await link(draft, path).catch((error) => {
    if (!hasErrno(error, 'EEXIST')) throw error
  })
  await rm(draft)
  await syncDirectory(root)
  return readFile(path, 'utf8')
}
