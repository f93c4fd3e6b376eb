import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { ServiceError } from '../../domain/errors.ts'
import type { HostedUploads, UploadWriter } from '../hosted-uploads.ts'
import { createKeptDigests, type KeptDigests } from '../kept-digests.ts'
import type { HostedStorage } from '../object-storage.ts'
import type { ObjectMetadata, UploadSpec } from '../stored-object.ts'
import type { BodyBudget } from '../write-batches.ts'
import { writeObject } from '../write-object.ts'
import { assertNewest, createWriterLocks, type WriterLocks } from '../writer-locks.ts'
import { describeObject, neededSegments } from './describe-object.ts'
import { makeDirectory, makeDirectoryUnlessThere, syncDirectory } from './directories.ts'
import { createDiskInventory } from './disk-inventory.ts'
import { cutSegment } from './drop-unpublished.ts'
import { withStorageErrors } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import { removeUpload } from './finalize-object.ts'
import { createLogOpener, type OpenLog } from './log-file.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { type ObjectPaths, objectPaths, SHARDS } from './object-paths.ts'
import { openWriter } from './open-writer.ts'
import { readObject } from './read-object.ts'
import { readText } from './read-text.ts'
import { readUploadState } from './read-upload-state.ts'
import { NO_UPLOAD, type UploadState } from './upload-log.ts'
import { KEPT_FREE_BYTES } from './upload-writer.ts'
import { writeText } from './write-text.ts'

/** The version of everything below the folder; a newer program writes another one. */
const FORMAT = 'waybill-disk 1\n'

export interface DiskOptions {
  readonly fs?: FileSystem
  /** A crash costs about this much of a long body that is still on its way, more where syncs are slow. */
  readonly publishEveryBytes?: number
}

const PUBLISH_EVERY_BYTES = 64 * 1024 * 1024

/** What every upload on one disk shares. */
interface Disk {
  readonly fs: FileSystem
  readonly root: string
  readonly budget: BodyBudget
  readonly publishEveryBytes: number
  readonly locks: WriterLocks
  readonly openLog: OpenLog
  readonly keptDigests: KeptDigests
}

/**
 * Objects on a local disk, or on one volume that several processes share.
 * Throws when the folder holds another format or cannot be written.
 */
export async function openDiskStorage(
  root: string,
  budget: BodyBudget,
  { fs = nodeFileSystem, publishEveryBytes = PUBLISH_EVERY_BYTES }: DiskOptions = {},
): Promise<HostedStorage> {
  await prepareFolder(fs, root)
  const locks = createWriterLocks()
  const openLog = createLogOpener(fs)

  const uploads = createDiskUploads({
    fs,
    root,
    budget,
    publishEveryBytes,
    locks,
    openLog,
    keptDigests: createKeptDigests(),
  })

  const stat = async (name: string): Promise<ObjectMetadata | null> =>
    (await describeObject(fs, objectPaths(root, name)))?.metadata ?? null

  return {
    kind: 'disk',
    isExclusive: true,
    readsAreFree: true,
    uploads,
    downloads: null,
    write: (spec, body, maxBytes, room) => writeObject(uploads, spec, body, maxBytes, room),
    stat: (name) => withStorageErrors(() => stat(name)),
    read: (name, range) => withStorageErrors(() => readObject(fs, objectPaths(root, name), range)),
    remove: (name) => withStorageErrors(() => removeObject(fs, objectPaths(root, name), openLog)),
    inventory: createDiskInventory(fs, root, locks),
    roomBytes: () => withStorageErrors(async () => (await fs.freeBytes(root)) - KEPT_FREE_BYTES),
    check: () => withStorageErrors(() => checkFolder(fs, root)),
    close: () => locks.endAll(),
  }
}

function createDiskUploads(disk: Disk): HostedUploads {
  const { fs, root, locks, openLog, keptDigests } = disk

  const offset = async (name: string): Promise<number> => {
    await locks.settled(name)
    const log = await openLog(objectPaths(root, name).log, 'existing')
    if (log === null) return 0
    try {
      const { checksums } = await log.read()
      // An entry can be read before its writer has made it durable, and this number is a promise.
      await log.syncProgress()
      return checksums.offset
    } finally {
      await log.close()
    }
  }

  const claim = async (spec: UploadSpec, expectedBytes: number | null): Promise<UploadWriter | null> => {
    const lock = await locks.take(spec.name)
    try {
      assertNewest(lock)
      const place = { ...disk, spec, paths: objectPaths(root, spec.name), lock }
      const writer = await openWriter(place, expectedBytes)
      if (writer === null) lock.end()
      return writer
    } catch (error) {
      lock.end()
      throw error
    }
  }

  const cancel = async (name: string) => {
    const paths = objectPaths(root, name)
    const lock = await locks.take(name)
    keptDigests.forget(name)
    try {
      const state = await takeAway(fs, paths, name, openLog)
      // It may be whole meanwhile, and made of some of the segments.
      await removeUpload(fs, paths, state, neededSegments(await describeObject(fs, paths)))
    } finally {
      lock.end()
    }
  }

  return {
    mode: 'hosted',
    offset: (name) => withStorageErrors(() => offset(name)),
    claim: (spec, expectedBytes) => withStorageErrors(() => claim(spec, expectedBytes)),
    cancel: (name) => withStorageErrors(() => cancel(name)),
  }
}

/**
 * Fences a writer of another process, and truncates its segment: the open file would keep its space otherwise. On a
 * full disk there may be no space for the claim; then this waits for the writer.
 */
async function takeAway(
  fs: FileSystem,
  paths: ObjectPaths,
  name: string,
  openLog: OpenLog,
): Promise<UploadState> {
  const log = await openLog(paths.log, 'existing')
  if (log === null) return NO_UPLOAD
  try {
    const claim = randomBytes(8).toString('hex')
    await log.append({ claim, name, announces: true }).catch(() => {})
    const state = await log.read()
    // An object, finished or in progress, may need any of the segments.
    const isNoObject = state.finalizableIds.length === 0 && (await describeObject(fs, paths)) === null
    if (state.owner === claim && isNoObject) {
      for (const writerId of state.writerIds) {
        if (state.finalizableIds.includes(writerId)) continue
        // Errors do not matter: the segment is removed next.
        await cutSegment(fs, paths.segment(writerId), 0).catch(() => {})
      }
    }
    return state
  } finally {
    await log.close()
  }
}

/**
 * What is left of its upload goes first, so that the one sync makes all of it durable: a log that came back would
 * show an upload under the name. The segments that the object needs stay until it cannot come back itself.
 */
async function removeObject(fs: FileSystem, paths: ObjectPaths, openLog: OpenLog): Promise<void> {
  const state = await readUploadState(paths, openLog)
  const needed = neededSegments(await describeObject(fs, paths))
  await removeUpload(fs, paths, state, needed)
  await fs.remove(paths.object)
  await syncDirectory(fs, paths.directory)
  for (const writerId of needed) await fs.remove(paths.segment(writerId))
}

/** A folder that is gone, or a volume that is mounted no more, would look like a storage without any object. */
async function checkFolder(fs: FileSystem, root: string): Promise<void> {
  const found = await readText(fs, join(root, 'FORMAT'))
  if (found !== FORMAT) throw new ServiceError('STORAGE_UNAVAILABLE', 'the folder is not the storage’s')
}

/** `FORMAT` comes last, when all else is durable: where it stands, nothing is left to make. */
async function prepareFolder(fs: FileSystem, root: string): Promise<void> {
  const formatPath = join(root, 'FORMAT')
  const found = await readText(fs, formatPath)
  if (found === FORMAT) return
  if (found !== null)
    throw new Error(`${root} holds the format ${found.trim()}, which this program cannot read`)
  await makeDirectory(fs, root)
  for (const shard of SHARDS) await makeDirectoryUnlessThere(fs, join(root, shard))
  await syncDirectory(fs, root)
  // Several processes may start at once.
  const newPath = `${formatPath}.${randomBytes(8).toString('hex')}`
  await writeText(fs, newPath, FORMAT)
  await fs.rename(newPath, formatPath)
}
