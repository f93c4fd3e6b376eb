import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { HostedUploads, ObjectMetadata, ObjectStorage, UploadSpec, UploadWriter } from '../storage.ts'
import type { BodyBudget } from '../write-batches.ts'
import { writeObject } from '../write-object.ts'
import { assertNewest, createWriterTurns, type WriterTurns } from '../writer-turns.ts'
import { describeObject, neededSegments } from './describe-object.ts'
import { makeDirectory, syncDirectory } from './directories.ts'
import { createDiskHoldings } from './disk-holdings.ts'
import { hasErrno, withStorageErrors } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import { removeUpload } from './finalize-object.ts'
import { createLogOpener, type OpenLog } from './log-file.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { type ObjectPaths, objectPaths, SHARDS } from './object-paths.ts'
import { openWriter } from './open-writer.ts'
import { readObject } from './read-object.ts'
import { readText } from './read-text.ts'
import { readUploadState } from './read-upload-state.ts'
import { writeText } from './write-text.ts'

/** The version of everything below the folder; a newer program writes another one. */
const FORMAT = 'waybill-disk 1\n'

/**
 * Objects on a local disk, or on one volume that several processes share.
 * Throws when the folder holds another format or cannot be written.
 */
export async function openDiskStorage(
  root: string,
  budget: BodyBudget,
  fs: FileSystem = nodeFileSystem,
): Promise<ObjectStorage> {
  await prepareFolder(fs, root)
  const turns = createWriterTurns()
  const openLog = createLogOpener(fs)

  const uploads = createDiskUploads(fs, root, budget, turns, openLog)

  const stat = async (name: string): Promise<ObjectMetadata | null> =>
    (await describeObject(fs, objectPaths(root, name)))?.metadata ?? null

  return {
    kind: 'disk',
    uploads,
    write: (spec, body, maxBytes) => writeObject(uploads, spec, body, maxBytes),
    stat: (name) => withStorageErrors(() => stat(name)),
    read: (name, range) => withStorageErrors(() => readObject(fs, objectPaths(root, name), range)),
    remove: (name) => withStorageErrors(() => removeObject(fs, objectPaths(root, name), openLog)),
    holdings: createDiskHoldings(fs, root, turns),
    close: () => turns.endAll(),
  }
}

function createDiskUploads(
  fs: FileSystem,
  root: string,
  budget: BodyBudget,
  turns: WriterTurns,
  openLog: OpenLog,
): HostedUploads {
  const offset = async (name: string): Promise<number> => {
    await turns.settled(name)
    const log = await openLog(objectPaths(root, name).log, 'existing')
    if (log === null) return 0
    try {
      const { checksums } = await log.read()
      // An entry can be read before its writer has made it durable, and this number is a promise.
      await log.sync()
      return checksums.offset
    } finally {
      await log.close()
    }
  }

  const claim = async (spec: UploadSpec, expectedBytes: number | null): Promise<UploadWriter | null> => {
    const turn = await turns.take(spec.name)
    try {
      assertNewest(turn)
      const writer = await openWriter(
        { fs, spec, paths: objectPaths(root, spec.name), turn, openLog, budget },
        expectedBytes,
      )
      if (writer === null) turn.end()
      return writer
    } catch (error) {
      turn.end()
      throw error
    }
  }

  const cancel = async (name: string) => {
    const paths = objectPaths(root, name)
    const turn = await turns.take(name)
    try {
      await removeUpload(fs, paths, await readUploadState(paths, openLog), new Set())
    } finally {
      turn.end()
    }
  }

  return {
    mode: 'hosted',
    offset: (name) => withStorageErrors(() => offset(name)),
    claim: (spec, expectedBytes) => withStorageErrors(() => claim(spec, expectedBytes)),
    cancel: (name) => withStorageErrors(() => cancel(name)),
  }
}

/** The object's own name goes first: from then on it is not there, whatever else a crash leaves. */
async function removeObject(fs: FileSystem, paths: ObjectPaths, openLog: OpenLog): Promise<void> {
  const needed = neededSegments(await describeObject(fs, paths))
  await fs.remove(paths.object)
  await syncDirectory(fs, paths.directory)
  for (const writerId of needed) await fs.remove(paths.segment(writerId))
  await removeUpload(fs, paths, await readUploadState(paths, openLog), new Set())
}

async function prepareFolder(fs: FileSystem, root: string): Promise<void> {
  await makeDirectory(fs, root)
  const formatPath = join(root, 'FORMAT')
  const found = await readText(fs, formatPath)
  if (found === FORMAT) return
  if (found !== null)
    throw new Error(`${root} holds the format ${found.trim()}, which this program cannot read`)
  for (const shard of SHARDS) await makeShard(fs, join(root, shard))
  // Several processes may start at once.
  const newPath = `${formatPath}.${randomBytes(8).toString('hex')}`
  await writeText(fs, newPath, FORMAT)
  await fs.rename(newPath, formatPath)
  await syncDirectory(fs, root)
}

async function makeShard(fs: FileSystem, path: string): Promise<void> {
  await fs.makeDirectory(path).catch((error) => {
    if (!hasErrno(error, 'EEXIST')) throw error
  })
}
