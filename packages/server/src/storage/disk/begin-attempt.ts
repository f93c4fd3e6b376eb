import { ServiceError } from '../../domain/errors.ts'
import { MAX_PARTS, type PartSpec } from '../part-uploads.ts'
import type { FileSystem } from './file-system.ts'
import { removeUpload } from './finalize-object.ts'
import type { LogFile, OpenLog } from './log-file.ts'
import type { ObjectPaths } from './object-paths.ts'
import { describeObject, neededSegments } from './open-object.ts'
import { canBeStored, type PartsState } from './part-entries.ts'

/** Limit of the files that one upload may begin, replaced parts and failed attempts included. */
const MAX_FILES = 10 * MAX_PARTS

/**
 * Announces files of a part in the log of the upload, which begins with its first part. Returns the log; null when the
 * upload takes no parts any more. Throws INVALID_REQUEST for a sequential upload with bytes, and beyond the limits.
 */
export async function beginAttempt(
  fs: FileSystem,
  openLog: OpenLog,
  paths: ObjectPaths,
  { name, partId }: PartSpec,
  fileIds: readonly string[],
): Promise<LogFile | null> {
  if (await describeObject(fs, paths)) return null
  const log = await openLog(paths.log, 'create')
  if (log === null) throw new Error('the log was not created')
  let isOpen = false
  try {
    if ((await log.read()).parts === null) await log.append({ parts: name })
    for (const attempt of fileIds) await log.append({ attempt })
    const state = await log.read()
    if (state.parts === null) {
      throw new ServiceError('INVALID_REQUEST', 'the upload has bytes already that are not parts')
    }
    // This may be a new log: another process may have just created the object and removed the old one.
    const object = await describeObject(fs, paths)
    if (object) await removeUpload(fs, paths, state, neededSegments(object))
    isOpen = object === null && fileIds.every((id) => state.parts && canBeStored(state.parts, id))
    if (isOpen) assertWithinLimits(state.parts, partId)
    return isOpen ? log : null
  } catch (error) {
    isOpen = false
    throw error
  } finally {
    if (!isOpen) await log.close()
  }
}

function assertWithinLimits({ stored, fileIds }: PartsState, partId: string): void {
  if (stored.size >= MAX_PARTS && !stored.has(partId)) {
    throw new ServiceError('INVALID_REQUEST', `the upload has ${MAX_PARTS} parts, which is the limit`)
  }
  if (fileIds.size > MAX_FILES) {
    throw new ServiceError('INVALID_REQUEST', 'the upload has too many attempts to store a part')
  }
}
