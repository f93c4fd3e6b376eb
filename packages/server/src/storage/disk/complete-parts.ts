import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import { type AnnouncedHashes, hashAlgorithmsOf } from '../../domain/uploads/upload-session.ts'
import { crc32cToBase64 } from '../../platform/crc32c.ts'
import { chooseParts } from '../choose-parts.ts'
import { findMismatch } from '../find-mismatch.ts'
import { createGeneration } from '../generation.ts'
import { type Completed, MAX_PARTS, type PartChoice } from '../part-uploads.ts'
import { createRunningDigests, type Digests } from '../running-digests.ts'
import type { ObjectMetadata, UploadSpec } from '../stored-object.ts'
import { ifMissing } from './file-errors.ts'
import type { FileSystem } from './file-system.ts'
import { linkObject, removeUpload } from './finalize-object.ts'
import type { LogFile, OpenLog } from './log-file.ts'
import {
  formatPartsObject,
  listDigest,
  type ObjectDescription,
  type PartsDescription,
} from './object-format.ts'
import type { ObjectPaths } from './object-paths.ts'
import { describeObject, neededSegments } from './open-object.ts'
import type { PartRecord } from './part-entries.ts'
import type { PartFile } from './part-file.ts'
import { combinedPartsCrc32c } from './parts-crc32c.ts'
import { partsBytes } from './read-object.ts'
import { writeFully } from './write-fully.ts'
import { createWriterId } from './writer-id.ts'

export interface CompletionTarget {
  readonly fs: FileSystem
  readonly openLog: OpenLog
  readonly paths: ObjectPaths
  readonly spec: UploadSpec
}

/**
 * Joins parts into an object of format 2: writes a file that names the files of the parts, syncs it, links it under the
 * name of the object and syncs the directory. Of several completions, the first link creates the object.
 */
export async function completeParts(
  target: CompletionTarget,
  choices: readonly PartChoice[],
  expected: AnnouncedHashes,
): Promise<Completed> {
  if (choices.length === 0 || choices.length > MAX_PARTS) {
    throw new ServiceError('INVALID_REQUEST', `an object consists of 1 to ${MAX_PARTS} parts`)
  }
  const { fs, openLog, paths } = target
  const partsDigest = listDigest(choices.map(({ partId }) => partId))
  const log = await openLog(paths.log, 'existing')
  try {
    // The log before the object: a completion creates the object before it removes the log.
    const parts = (await log?.read())?.parts ?? null
    const object = await describeObject(fs, paths)
    if (object !== null) return answerFor(object, partsDigest)
    if (log === null || parts === null || parts.isClosed) {
      return { kind: 'invalid-parts', partIds: choices.map(({ partId }) => partId) }
    }
    const chosen = chooseParts(parts.stored, choices)
    if ('kind' in chosen) return chosen
    const checked = await checkBytes(target, chosen, expected)
    if (checked.kind === 'mismatch') return checked
    const description = { metadata: checked.metadata, files: checked.files, partsDigest }
    return await joinParts(target, log, chosen, description)
  } finally {
    await log?.close()
  }
}

/** Returns the existing object if it was completed with the same list of parts. */
function answerFor(object: ObjectDescription, partsDigest: string): Completed {
  const isSame = 'files' in object && object.partsDigest === partsDigest
  return isSame ? { kind: 'object', object: object.metadata } : { kind: 'closed' }
}

type Checked =
  | Extract<Completed, { kind: 'mismatch' }>
  | { readonly kind: 'matching'; readonly metadata: ObjectMetadata; readonly files: readonly PartFile[] }

/** Compares the bytes with the announced checksums. Reads them only for checksums that cannot be combined. */
async function checkBytes(
  { fs, paths, spec }: CompletionTarget,
  chosen: readonly PartRecord[],
  expected: AnnouncedHashes,
): Promise<Checked> {
  const files = chosen.flatMap((part) => part.files)
  if (files.length > MAX_PARTS) {
    throw new ServiceError('INVALID_REQUEST', `the parts have more than ${MAX_PARTS} files`)
  }
  const crc32c = crc32cToBase64(combinedPartsCrc32c(files))
  const damage = findMismatch(expected, { crc32c })
  if (damage) return damage
  const algorithms = mergeAlgorithms(spec.checksums ?? [], hashAlgorithmsOf(expected))
  const known: Digests = chosen.length === 1 ? (chosen[0]?.digests ?? {}) : {}
  const reread = createRunningDigests(algorithms.filter((algorithm) => known[algorithm] === undefined))
  const sizeBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  if (reread.algorithms.length > 0) {
    const all = { start: 0, end: sizeBytes - 1 }
    for await (const block of partsBytes(fs, paths, files, all)) reread.update(block)
  }
  const computed = { ...known, ...reread.current() }
  const mismatch = findMismatch(expected, computed)
  if (mismatch) return mismatch
  const { md5 = null, sha256 = null } = computed
  const { name, contentType } = spec
  const metadata = { name, contentType, sizeBytes, crc32c, md5, sha256, ...createGeneration() }
  return { kind: 'matching', metadata, files }
}

/**
 * Seals the upload, so that no part is replaced any more, and creates the object. The file of the object exists before
 * the seal: a cancellation removes the files of all seals that precede its own entry, and `link` then fails.
 */
async function joinParts(
  { fs, paths }: CompletionTarget,
  log: LogFile,
  chosen: readonly PartRecord[],
  description: PartsDescription,
): Promise<Completed> {
  const id = createWriterId()
  const path = paths.segment(id)
  const file = await fs.open(path, 'create')
  try {
    await log.append({ seal: id })
    const { parts } = await log.read()
    const again = parts && chooseParts(parts.stored, chosen)
    if (parts === null || parts.isClosed || again === null || 'kind' in again) {
      await giveUp(fs, paths, log, id)
      return again !== null && 'kind' in again ? again : await answerAfterEnd(fs, paths, description)
    }
    await assertFilesExist(fs, paths, description.files)
    await writeFully(file, [formatPartsObject(description)], 0)
    await file.datasync()
    const published = await linkObject(fs, path, paths, description)
    await log.append({ closed: true })
    await removeUpload(fs, paths, await log.read(), neededSegments(published))
    return answerFor(published, description.partsDigest)
  } catch (error) {
    // A cancellation removes the file, so that it cannot be linked.
    if (await hasEnded(log)) return answerAfterEnd(fs, paths, description)
    await giveUp(fs, paths, log, id).catch(() => {})
    throw error
  } finally {
    await file.close()
  }
}

async function hasEnded(log: LogFile): Promise<boolean> {
  const state = await log.read().catch(() => null)
  return state?.parts?.isClosed === true
}

/** Returns the outcome when another completion or a cancellation came first. */
async function answerAfterEnd(
  fs: FileSystem,
  paths: ObjectPaths,
  { partsDigest }: PartsDescription,
): Promise<Completed> {
  const object = await describeObject(fs, paths)
  return object === null ? { kind: 'closed' } : answerFor(object, partsDigest)
}

/** Lets the upload go on without this completion, unless its object exists. */
async function giveUp(fs: FileSystem, paths: ObjectPaths, log: LogFile, id: string): Promise<void> {
  if ((await describeObject(fs, paths)) !== null) return
  await fs.remove(paths.segment(id))
  await log.append({ unseal: id })
}

/** Throws OBJECT_DAMAGED when the file of a stored part is missing. */
async function assertFilesExist(
  fs: FileSystem,
  paths: ObjectPaths,
  files: readonly PartFile[],
): Promise<void> {
  for (const { writerId } of files) {
    const facts = await fs.stat(paths.segment(writerId)).catch(ifMissing(null))
    if (facts === null) throw new ServiceError('OBJECT_DAMAGED', 'a stored part is missing')
  }
}
