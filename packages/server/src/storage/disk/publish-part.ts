import { crc32cToBase64 } from '../../platform/crc32c.ts'
import type { PartLimits, PartLinked, PartWritten, StoredPart } from '../part-uploads.ts'
import { syncDirectory } from './directories.ts'
import type { FileSystem } from './file-system.ts'
import type { LogFile } from './log-file.ts'
import type { ObjectPaths } from './object-paths.ts'
import { type PartFacts, type PartRecord, type PartsState, wasStored } from './part-entries.ts'
import { type PartFile, segmentIdsOf } from './part-file.ts'
import { combinedPartsCrc32c } from './parts-crc32c.ts'

type Accepts = NonNullable<PartLimits['accepts']>
type NotAccepted = Extract<PartWritten, { kind: 'not-accepted' }>

/**
 * Makes the names of the part's files and its log entry durable. The bytes of the files must be durable. Then removes
 * the part that it replaces. `accepts` is that of `PartLimits`.
 */
export async function publishPart(
  fs: FileSystem,
  paths: ObjectPaths,
  log: LogFile,
  version: string,
  facts: PartFacts,
  accepts: Accepts = () => true,
): Promise<PartLinked | NotAccepted> {
  await syncDirectory(fs, paths.directory)
  const before = (await log.read()).parts?.stored.get(facts.partId)
  await log.append({ stored: version, ...facts })
  const { parts } = await log.read()
  // The files stay: after a power cut that loses the entry of the completion, this entry counts.
  if (parts === null || !wasStored(parts, version)) return { kind: 'closed' }
  if (!isAccepted(parts, facts, version, accepts)) return revertPart(fs, paths, log, version, facts)
  await log.sync().catch(async (error) => {
    // A later sync can succeed without making this entry durable, so revert it with another entry.
    await log.append({ reverted: version, partId: facts.partId })
    throw error
  })
  const current = parts.stored.get(facts.partId)
  // A newer part that has replaced this one removes it, for it may still be reverted.
  const replacedByThis = current?.version === version ? current.replaced : null
  for (const replaced of [before, replacedByThis]) {
    if (replaced) await removeFiles(fs, paths, replaced)
  }
  const replacedBytes = replacedByThis ? sizeOf(replacedByThis.files) : 0
  return { kind: 'part', part: describePart({ ...facts, version }), replacedBytes }
}

/** Compares a part with those before it in the log, whose order all processes see. */
function isAccepted(
  { stored }: PartsState,
  { partId, files }: PartFacts,
  version: string,
  accepts: Accepts,
): boolean {
  const all = [...stored.values()]
  const index = all.findIndex((part) => part.partId === partId && part.version === version)
  // A newer part has replaced this one.
  if (index === -1) return true
  const earlier = all.slice(0, index).map((part) => ({ sizeBytes: sizeOf(part.files) }))
  return accepts(earlier, { sizeBytes: sizeOf(files) })
}

/** Takes a part back. Its files exist until the entry is durable, and stay when a completion was first. */
async function revertPart(
  fs: FileSystem,
  paths: ObjectPaths,
  log: LogFile,
  version: string,
  facts: PartFacts,
): Promise<PartLinked | NotAccepted> {
  await log.append({ reverted: version, partId: facts.partId })
  const { parts } = await log.read()
  await log.sync()
  const isStored = parts?.stored.get(facts.partId)?.version === version
  if (parts === null || parts.isClosed || isStored) return { kind: 'closed' }
  await removeFiles(fs, paths, facts)
  return { kind: 'not-accepted' }
}

function sizeOf(files: readonly PartFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Errors do not matter: the files are removed with the upload. */
async function removeFiles(fs: FileSystem, paths: ObjectPaths, { files }: PartFacts): Promise<void> {
  for (const id of segmentIdsOf(files)) await fs.remove(paths.segment(id)).catch(() => {})
}

export function describePart({
  partId,
  version,
  files,
  digests,
  atMs,
  note,
}: Omit<PartRecord, 'replaced'>): StoredPart {
  return {
    partId,
    version,
    sizeBytes: sizeOf(files),
    crc32c: crc32cToBase64(combinedPartsCrc32c(files)),
    digests,
    storedAtMs: atMs,
    ...(note !== undefined && { note }),
  }
}
