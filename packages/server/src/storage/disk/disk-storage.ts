import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { SMALL_BODY_BYTES } from '../../domain/uploads/small-body.ts'
import { type BufferPool, NO_POOL } from '../buffer-pool.ts'
import { copyObject } from '../copy-object.ts'
import { createDigestCache, type DigestCache } from '../digest-cache.ts'
import type { HostedUploads, UploadWriter } from '../hosted-uploads.ts'
import type { HostedStorage, Written } from '../object-storage.ts'
import { createPartAttempts, type PartAttempts } from '../part-attempts.ts'
import type { ObjectMetadata, UploadSpec } from '../stored-object.ts'
import type { BodyBudget } from '../write-batches.ts'
import { writeObject } from '../write-object.ts'
import { assertNewest, createWriterLocks, type WriterLocks } from '../writer-locks.ts'
import { KEPT_FREE_BYTES } from './append-body.ts'
import { makeDirectory, makeDirectoryUnlessExists, syncDirectory } from './directories.ts'
import { createDiskInventory } from './disk-inventory.ts'
import { createDiskParts } from './disk-parts.ts'
import { cutSegment } from './drop-unpublished.ts'
import { withStorageErrors } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import { removeUpload } from './finalize-object.ts'
import { createLogOpener, type LogFile, type OpenLog, readUploadState } from './log-file.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { type ObjectPaths, objectPaths, SHARDS } from './object-paths.ts'
import { describeObject, neededSegments } from './open-object.ts'
import { openWriter } from './open-writer.ts'
import type { PartsState } from './part-entries.ts'
import { readObject } from './read-object.ts'
import { readText, writeText } from './text-file.ts'
import { NO_UPLOAD, type UploadState } from './upload-log.ts'
import { writeSmallObject } from './write-small.ts'

/** Version of all files in the directory. An incompatible version of this program would write another one. */
const FORMAT = 'waybill-disk 1\n'

export interface DiskOptions {
  readonly fs?: FileSystem
  /** Memory for the bodies of uploads; without it, no body is written directly. */
  readonly pool?: BufferPool
  /** Bytes of a long body between two progress entries: about as much as a crash loses, more where syncs are slow. */
  readonly publishEveryBytes?: number
}

const PUBLISH_EVERY_BYTES = 64 * 1024 * 1024

/** State that all uploads on one disk share. */
interface Disk {
  readonly fs: FileSystem
  readonly root: string
  readonly budget: BodyBudget
  readonly pool: BufferPool
  readonly publishEveryBytes: number
  readonly locks: WriterLocks
  readonly attempts: PartAttempts
  readonly openLog: OpenLog
  readonly digestCache: DigestCache
}

/**
 * Opens a storage on a local disk, or on a volume that several processes share.
 * Throws when the directory contains another format or is not writable.
 */
export async function openDiskStorage(
  root: string,
  budget: BodyBudget,
  { fs = nodeFileSystem, pool = NO_POOL, publishEveryBytes = PUBLISH_EVERY_BYTES }: DiskOptions = {},
): Promise<HostedStorage> {
  await prepareDirectory(fs, root)
  const locks = createWriterLocks()
  const openLog = createLogOpener(fs)

  const attempts = createPartAttempts()
  const disk: Disk = {
    fs,
    root,
    budget,
    pool,
    publishEveryBytes,
    locks,
    attempts,
    openLog,
    digestCache: createDigestCache(),
  }
  const uploads = createDiskUploads(disk)
  const parts = createDiskParts(disk)

  const stat = (name: string): Promise<ObjectMetadata | null> =>
    withStorageErrors(async () => (await describeObject(fs, objectPaths(root, name)))?.metadata ?? null)

  return {
    kind: 'disk',
    isExclusive: true,
    readsAreFree: true,
    uploads,
    parts,
    directUploads: null,
    downloads: null,
    write: (...write) => writeToDisk(disk, uploads, ...write),
    stat,
    read: (name, range) => withStorageErrors(() => readObject(fs, objectPaths(root, name), range)),
    copy: (spec, source) => copyObject({ parts, stat, uploads }, spec, source.name),
    remove: (name) => withStorageErrors(() => removeObject(fs, objectPaths(root, name), openLog)),
    inventory: createDiskInventory(fs, root, (name) => locks.isTaken(name) || attempts.isActive(name)),
    roomBytes: () => withStorageErrors(async () => (await fs.freeBytes(root)) - KEPT_FREE_BYTES),
    check: () => withStorageErrors(() => checkFormat(fs, root)),
    close: async () => {
      await attempts.endAll()
      await locks.endAll()
    },
  }
}

async function writeToDisk(
  disk: Disk,
  uploads: HostedUploads,
  ...[spec, body, maxBytes, room]: Parameters<HostedStorage['write']>
): Promise<Written> {
  // Without a listener, an error before the first read would terminate the process. The read reports the error later.
  body.on('error', () => {})
  const isSmall = maxBytes <= Math.min(SMALL_BODY_BYTES, room?.bytes() ?? maxBytes)
  const written = isSmall ? await withStorageErrors(() => writeSmall(disk, spec, body, maxBytes)) : null
  return written ?? writeObject(uploads, spec, body, maxBytes, room)
}

/** Reserves the memory of the whole body before its first byte. Returns null when the body must go to files. */
async function writeSmall(
  disk: Disk,
  spec: UploadSpec,
  body: Readable,
  maxBytes: number,
): Promise<Written | null> {
  const { budget } = disk
  if (budget.heldBytes + maxBytes > budget.limitBytes) return null
  budget.heldBytes += maxBytes
  try {
    return await writeUnlessUsed(disk, spec, body, maxBytes)
  } finally {
    budget.heldBytes -= maxBytes
  }
}

/** Returns null when the name has an upload, whose bytes must be removed first, and for a slow body. */
async function writeUnlessUsed(
  { fs, root, locks }: Disk,
  spec: UploadSpec,
  body: Readable,
  maxBytes: number,
): Promise<Written | null> {
  const paths = objectPaths(root, spec.name)
  const lock = await locks.take(spec.name)
  try {
    assertNewest(lock)
    if ((await fs.exists(paths.object)) || (await fs.exists(paths.log))) return null
    return await writeSmallObject({ fs, spec, paths, lock }, body, maxBytes)
  } finally {
    lock.end()
  }
}

function createDiskUploads(disk: Disk): HostedUploads {
  const { fs, root, locks, attempts, openLog, digestCache } = disk

  /** Returns the state of an unfinished upload; null when there is no log. Its offset is durable. */
  const readDurable = async (name: string): Promise<UploadState | null> => {
    const log = await openLog(objectPaths(root, name).log, 'existing')
    if (log === null) return null
    try {
      const state = await log.read()
      // The offset promises durability, and the writer may not have synced its last entry yet.
      await log.syncProgress()
      return state
    } finally {
      await log.close()
    }
  }

  const offset = async (name: string): Promise<number> => {
    await locks.settled(name)
    return (await readDurable(name))?.checksums.offset ?? 0
  }

  const claim = async (spec: UploadSpec, expectedBytes: number | null): Promise<UploadWriter | null> => {
    const lock = await locks.take(spec.name)
    try {
      assertNewest(lock)
      const target = { ...disk, spec, paths: objectPaths(root, spec.name), lock }
      const writer = await openWriter(target, expectedBytes)
      if (writer === null) lock.end()
      return writer
    } catch (error) {
      lock.end()
      throw error
    }
  }

  const fence = async (spec: UploadSpec): Promise<number | null> => {
    const paths = objectPaths(root, spec.name)
    const lock = await locks.take(spec.name)
    try {
      assertNewest(lock)
      if (await describeObject(fs, paths)) return null
      const state = await readDurable(spec.name)
      if (state?.isIdle) return state.checksums.offset
      const writer = await openWriter({ ...disk, spec, paths, lock }, null)
      await writer?.release()
      return writer === null ? null : writer.startOffset
    } finally {
      lock.end()
    }
  }

  const cancel = async (name: string) => {
    const paths = objectPaths(root, name)
    const lock = await locks.take(name)
    digestCache.forget(name)
    try {
      await attempts.endAllOf(name)
      const state = await fenceOtherWriters(fs, paths, name, openLog)
      // A writer may have created the object meanwhile; it needs its segments.
      await removeUpload(fs, paths, state, neededSegments(await describeObject(fs, paths)))
    } finally {
      lock.end()
    }
  }

  return {
    mode: 'hosted',
    offset: (name) => withStorageErrors(() => offset(name)),
    claim: (spec, expectedBytes) => withStorageErrors(() => claim(spec, expectedBytes)),
    fence: (spec) => withStorageErrors(() => fence(spec)),
    cancel: (name) => withStorageErrors(() => cancel(name)),
  }
}

/**
 * Fences a writer of another process, and truncates its segment: the disk space of a removed file is free only when no
 * process has it open. On a full disk the claim may fail; the space is then free when that writer ends.
 */
async function fenceOtherWriters(
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
    if (state.parts !== null) return await closeParts(fs, paths, state.parts, log)
    // An object that exists, or is being created, may need any of the segments.
    const isMissingObject = state.finalizableIds.length === 0 && (await describeObject(fs, paths)) === null
    if (state.owner === claim && isMissingObject) {
      for (const writerId of state.writerIds) {
        if (state.finalizableIds.includes(writerId)) continue
        // Errors do not matter: the caller removes the segment next.
        await cutSegment(fs, paths.segment(writerId), 0).catch(() => {})
      }
    }
    return state
  } finally {
    await log.close()
  }
}

/**
 * Ends an upload of parts in all processes. Removes the files of begun completions first: from then on, none of them can
 * create an object, and the caller sees one that exists. On a full disk the entry may fail; other processes end when the
 * log is removed.
 */
async function closeParts(
  fs: FileSystem,
  paths: ObjectPaths,
  known: PartsState,
  log: LogFile,
): Promise<UploadState> {
  await log.append({ closed: true }).catch(() => {})
  const state = await log.read()
  for (const id of (state.parts ?? known).seals) await fs.remove(paths.segment(id))
  return state
}

/**
 * Removes the object and remaining files of its upload. The log is removed before the sync: if it reappeared after a
 * power cut, it would look like an unfinished upload. The segments of the object are removed after the sync, because the
 * object itself could reappear until then.
 */
async function removeObject(fs: FileSystem, paths: ObjectPaths, openLog: OpenLog): Promise<void> {
  const state = await readUploadState(paths, openLog)
  const needed = neededSegments(await describeObject(fs, paths))
  await removeUpload(fs, paths, state, needed)
  await fs.remove(paths.object)
  await syncDirectory(fs, paths.directory)
  for (const writerId of needed) await fs.remove(paths.segment(writerId))
}

/** Throws when the directory is missing or not ours. An unmounted volume would look like a storage without objects. */
async function checkFormat(fs: FileSystem, root: string): Promise<void> {
  const found = await readText(fs, join(root, 'FORMAT'))
  if (found !== FORMAT) {
    throw new ServiceError('STORAGE_UNAVAILABLE', 'the directory does not contain this storage')
  }
}

/** Creates the directories unless `FORMAT` exists. It is written last, when everything else is durable. */
async function prepareDirectory(fs: FileSystem, root: string): Promise<void> {
  const formatPath = join(root, 'FORMAT')
  const found = await readText(fs, formatPath)
  if (found === FORMAT) return
  if (found !== null)
    throw new Error(`${root} has the format "${found.trim()}", which this program cannot read`)
  await makeDirectory(fs, root)
  for (const shard of SHARDS) await makeDirectoryUnlessExists(fs, join(root, shard))
  await syncDirectory(fs, root)
  // Several processes may start at once.
  const newPath = `${formatPath}.${randomBytes(8).toString('hex')}`
  await writeText(fs, newPath, FORMAT)
  await fs.rename(newPath, formatPath)
}
