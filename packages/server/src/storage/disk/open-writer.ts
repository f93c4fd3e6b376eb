import { randomBytes } from 'node:crypto'
import { ServiceError } from '../../domain/errors.ts'
import type { UploadWriter } from '../hosted-uploads.ts'
import { describeObject, neededSegments } from './describe-object.ts'
import { dropUnpublished } from './drop-unpublished.ts'
import { removeUpload } from './finalize-object.ts'
import { createLateLog } from './late-log.ts'
import type { LogFile, OpenLog } from './log-file.ts'
import { openSegmentFile } from './segment-file.ts'
import { NO_UPLOAD } from './upload-log.ts'
import { createUploadWriter, type WriterParts } from './upload-writer.ts'

export interface WriterPlace
  extends Pick<
    WriterParts,
    'fs' | 'spec' | 'paths' | 'lock' | 'budget' | 'publishEveryBytes' | 'keptDigests'
  > {
  readonly openLog: OpenLog
}

/** A body up to this size is nearly always there whole before anybody else could want the upload. */
const BRIEF_BYTES = 1024 * 1024

/** Claims the upload; null when its object is whole. Throws UPLOAD_FENCED when a newer writer came in between. */
export async function openWriter(
  place: WriterPlace,
  expectedBytes: number | null,
): Promise<UploadWriter | null> {
  const { fs, paths, openLog } = place
  if (await describeObject(fs, paths)) return null
  const isBrief = expectedBytes !== null && expectedBytes <= BRIEF_BYTES
  const log = await openLog(paths.log, isBrief ? 'existing' : 'create')
  return log === null ? openBriefWriter(place) : claimLog(place, log)
}

/** Nobody has begun, and this writer will hardly need to say that it has. */
async function openBriefWriter(place: WriterPlace): Promise<UploadWriter> {
  const { fs, spec, paths, openLog } = place
  const writerId = createWriterId()
  const log = createLateLog(openLog, paths.log, writerId, spec.name)
  const segment = await openSegmentFile(fs, paths, NO_UPLOAD, writerId)
  return createUploadWriter({ ...place, writerId, log, segment, state: NO_UPLOAD })
}

async function claimLog(place: WriterPlace, log: LogFile): Promise<UploadWriter | null> {
  const { fs, spec, paths } = place
  try {
    const writerId = createWriterId()
    await log.append({ claim: writerId, name: spec.name, announces: true })
    const state = await log.read()
    // The log may be new because another process finalized, and removed the old one, just before.
    const object = await describeObject(fs, paths)
    if (object) {
      await removeUpload(fs, paths, state, neededSegments(object))
      await log.close()
      return null
    }
    if (state.owner !== writerId) {
      throw new ServiceError('UPLOAD_FENCED', 'a newer writer has taken this upload over')
    }
    // What this writer goes on from is a promise too, and an entry that builds on others must not outlive them.
    await log.syncProgress()
    await dropUnpublished(fs, paths, log, state)
    const segment = await openSegmentFile(fs, paths, state, writerId)
    return createUploadWriter({ ...place, writerId, log, segment, state })
  } catch (error) {
    await log.close()
    throw error
  }
}

function createWriterId(): string {
  return randomBytes(8).toString('hex')
}
