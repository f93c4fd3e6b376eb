import type { FileSystem } from './file-system.ts'
import type { LogFile } from './log-file.ts'
import type { ObjectPaths } from './object-paths.ts'
import { openUnlessMissing } from './open-unless-missing.ts'
import type { UploadState } from './upload-log.ts'

/**
 * Gives back the room of bytes that fenced writers have written and no entry of the log counts. `state` is the upload as
 * the newest claim found it. Its entries of progress must be durable: after a power cut an
 * older one would count these bytes again. A fenced
 * writer that is still alive cannot make an object of what is removed: it would have said so before this claim.
 */
export async function dropUnpublished(
  fs: FileSystem,
  paths: ObjectPaths,
  log: LogFile,
  state: UploadState,
): Promise<void> {
  const last = state.segments.at(-1)
  const inUse = state.isContinuable ? state.segments : state.segments.slice(0, -1)
  const spared = new Set([state.owner, ...inUse.map(({ writerId }) => writerId), ...state.finalizableIds])
  const writerIds = state.writerIds.filter((writerId) => !spared.has(writerId))
  if (writerIds.length === 0) return
  try {
    for (const writerId of writerIds) {
      await cutSegment(fs, paths.segment(writerId), writerId === last?.writerId ? last.bytes : 0)
    }
    await log.append({ dropped: state.owner ?? '' })
  } catch {
    // The upload goes on without it, and the next claim tries again.
  }
}

/** Keeps the first bytes of a segment; without any its name goes too. */
export async function cutSegment(fs: FileSystem, path: string, keptBytes: number): Promise<void> {
  const file = await openUnlessMissing(fs, path, 'write')
  if (file === null) return
  try {
    if (keptBytes === 0) await fs.remove(path)
    // Also where the name is gone: its writer holds the bytes as long as it has the file open.
    if ((await file.stat()).size > keptBytes) await file.truncate(keptBytes)
  } finally {
    await file.close()
  }
}
