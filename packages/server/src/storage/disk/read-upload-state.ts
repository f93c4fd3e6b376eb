import type { OpenLog } from './log-file.ts'
import type { ObjectPaths } from './object-paths.ts'
import { NO_UPLOAD, type UploadState } from './upload-log.ts'

/** How the unfinished upload stands by its log; without one, as if nobody had begun. */
export async function readUploadState(paths: ObjectPaths, openLog: OpenLog): Promise<UploadState> {
  const log = await openLog(paths.log, 'existing')
  if (log === null) return NO_UPLOAD
  try {
    return await log.read()
  } finally {
    await log.close()
  }
}
