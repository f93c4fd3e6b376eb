import { ServiceError } from '../../domain/errors.ts'
import { crc32cFromBase64 } from '../../platform/crc32c.ts'
import type { PartLinked } from '../part-uploads.ts'
import { beginAttempt } from './begin-attempt.ts'
import { discardFiles } from './discard-files.ts'
import type { ObjectDescription } from './object-format.ts'
import type { ObjectPaths } from './object-paths.ts'
import { describeObject } from './open-object.ts'
import { type PartFile, segmentIdsOf } from './part-file.ts'
import { publishPart } from './publish-part.ts'
import type { PartTarget } from './write-part.ts'
import { createWriterId } from './writer-id.ts'

/** Gives the files of a complete object second names in the upload, as one part. */
export async function linkPart(
  { fs, openLog, paths, spec }: Pick<PartTarget, 'fs' | 'openLog' | 'paths' | 'spec'>,
  source: ObjectPaths,
): Promise<PartLinked> {
  const object = await describeObject(fs, source)
  if (object === null) throw new ServiceError('STORAGE_UNAVAILABLE', 'there is no such object')
  const links = planLinks(object, source)
  const files = links.map(({ file }) => file)
  const [first] = files
  if (first === undefined) throw new Error('an object has at least one file')
  const log = await beginAttempt(fs, openLog, paths, spec, segmentIdsOf(files))
  if (log === null) return { kind: 'closed' }
  let isLinked = false
  try {
    for (const { file, from, segmentsFrom } of links) {
      await fs.link(from, paths.segment(file.writerId))
      for (const [index, id] of (file.segments ?? []).entries()) {
        await fs.link(segmentsFrom[index] ?? '', paths.segment(id))
      }
    }
    isLinked = true
    const facts = { partId: spec.partId, files, digests: digestsOf(object), atMs: Date.now() }
    const published = await publishPart(fs, paths, log, first.writerId, facts)
    if (published.kind === 'not-accepted') throw new Error('a part without a limit was not accepted')
    return published
  } finally {
    if (!isLinked) await discardFiles(fs, paths, log, segmentIdsOf(files))
    await log.close()
  }
}

interface Link {
  readonly file: PartFile
  readonly from: string
  readonly segmentsFrom: readonly string[]
}

/** Returns the files that the part will have, with new ids, and the paths of the existing names. */
function planLinks(object: ObjectDescription, source: ObjectPaths): Link[] {
  if ('files' in object) {
    return object.files.map((file) =>
      planLink(file, source.segment(file.writerId), (file.segments ?? []).map(source.segment)),
    )
  }
  const { sizeBytes, crc32c } = object.metadata
  const segments = object.earlierSegments.map(({ writerId }) => source.segment(writerId))
  return [planLink({ bytes: sizeBytes, crc32c: crc32cFromBase64(crc32c) }, source.object, segments)]
}

function planLink(
  { bytes, crc32c }: Pick<PartFile, 'bytes' | 'crc32c'>,
  from: string,
  segmentsFrom: readonly string[],
): Link {
  const segments = segmentsFrom.map(createWriterId)
  const file = { writerId: createWriterId(), bytes, crc32c, ...(segments.length > 0 && { segments }) }
  return { file, from, segmentsFrom }
}

function digestsOf({ metadata: { md5, sha256 } }: ObjectDescription) {
  return { ...(md5 !== null && { md5 }), ...(sha256 !== null && { sha256 }) }
}
