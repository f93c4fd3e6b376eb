import type { FileSystem } from './file-system.ts'
import type { LogFile } from './log-file.ts'
import type { ObjectPaths } from './object-paths.ts'
import { openUnlessMissing } from './open-unless-missing.ts'
import type { UploadState } from './upload-log.ts'

/**
 * Removes bytes of fenced writers that no log entry counts. `state` is the upload at the newest claim. Its progress
 * entries must be durable: otherwise an older one would count these bytes again after a power cut. A fenced writer that
 * is still running cannot use the removed bytes for an object: it would have announced that before this claim.
 * Throws when the log cannot be written.
 */
export async function dropUnpublished(
  fs: FileSystem,
  paths: ObjectPaths,
  log: LogFile,
  state: UploadState,
): Promise<void> {
  const last = state.segments.at(-1)
  const inUse = state.isContinuable ? state.segments : state.segments.slice(0, -1)
  const kept = new Set([state.owner, ...inUse.map(({ writerId }) => writerId), ...state.finalizableIds])
  const writerIds = state.writerIds.filter((writerId) => !kept.has(writerId))
  if (writerIds.length === 0) return
  try {
    for (const writerId of writerIds) {
      await cutSegment(fs, paths.segment(writerId), writerId === last?.writerId ? last.bytes : 0)
    }
  } catch {
    // The upload continues, and the next claim retries.
    return
  }
  // An entry that is cut off makes the log damaged, after which no entry of this claim would count.
  await log.append({ dropped: state.owner ?? '' })
}

/** Truncates a segment to its first bytes, or removes it when none are kept. */
export async function cutSegment(fs: FileSystem, path: string, keptBytes: number): Promise<void> {
  const file = await openUnlessMissing(fs, path, 'write')
  if (file === null) return
  try {
    if (keptBytes === 0) await fs.remove(path)
    // Truncate a removed file too: its writer keeps the space as long as the file is open.
    if ((await file.stat()).size > keptBytes) await file.truncate(keptBytes)
  } finally {
    await file.close()
  }
}
