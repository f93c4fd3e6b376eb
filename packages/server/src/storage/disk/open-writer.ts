import { ServiceError } from '../../domain/errors.ts'
import type { UploadWriter } from '../hosted-uploads.ts'
import { dropUnpublished } from './drop-unpublished.ts'
import { removeUpload } from './finalize-object.ts'
import { createLazyLog } from './lazy-log.ts'
import type { LogFile, OpenLog } from './log-file.ts'
import { describeObject, neededSegments } from './open-object.ts'
import { openSegmentFile } from './segment-file.ts'
import { NO_UPLOAD } from './upload-log.ts'
import { createUploadWriter, type WriterParts } from './upload-writer.ts'
import { createWriterId } from './writer-id.ts'

export interface WriterTarget
  extends Pick<
    WriterParts,
    'fs' | 'spec' | 'paths' | 'lock' | 'budget' | 'pool' | 'publishEveryBytes' | 'digestCache'
  > {
  readonly openLog: OpenLog
}

/** Size up to which a body nearly always arrives completely before another writer claims the upload. */
const SMALL_BYTES = 1024 * 1024

/** Claims the upload; returns null when its object is complete. Throws UPLOAD_FENCED when a newer writer has claimed. */
export async function openWriter(
  target: WriterTarget,
  expectedBytes: number | null,
): Promise<UploadWriter | null> {
  const { fs, paths, openLog } = target
  if (await describeObject(fs, paths)) return null
  const isSmall = expectedBytes !== null && expectedBytes <= SMALL_BYTES
  const log = await openLog(paths.log, isSmall ? 'existing' : 'create')
  return log === null ? openSmallWriter(target) : claimLog(target, log)
}

/** Opens the first writer of a small upload, which probably needs no log. */
async function openSmallWriter(target: WriterTarget): Promise<UploadWriter> {
  const { fs, spec, paths, openLog } = target
  const writerId = createWriterId()
  const log = createLazyLog(openLog, paths.log, writerId, spec.name)
  const segment = await openSegmentFile(fs, paths, NO_UPLOAD, writerId)
  return createUploadWriter({ ...target, writerId, log, segment, state: NO_UPLOAD })
}

async function claimLog(target: WriterTarget, log: LogFile): Promise<UploadWriter | null> {
  const { fs, spec, paths } = target
  try {
    const writerId = createWriterId()
    await log.append({ claim: writerId, name: spec.name, announces: true })
    const state = await log.read()
    // `append` may have created this log: another process may have just created the object and removed the old log.
    const object = await describeObject(fs, paths)
    if (object) {
      await removeUpload(fs, paths, state, neededSegments(object))
      await log.close()
      return null
    }
    if (state.owner !== writerId) {
      throw new ServiceError('UPLOAD_FENCED', 'a newer writer has taken this upload over')
    }
    // `startOffset` promises durability, and a new entry must not survive a power cut without the entries before it.
    await log.syncProgress()
    await dropUnpublished(fs, paths, log, state)
    const segment = await openSegmentFile(fs, paths, state, writerId)
    return createUploadWriter({ ...target, writerId, log, segment, state })
  } catch (error) {
    await log.close()
    throw error
  }
}
