import { ServiceError } from '../../domain/errors.ts'
import { hasErrno } from './file-errors.ts'
import type { LogFile, OpenLog } from './log-file.ts'
import { NO_UPLOAD } from './upload-log.ts'

/**
 * The log of an upload's first writer that may finish within one request: it is made only when there is something to
 * say, which for a small body that arrives whole is never. Storing it then costs two syncs and no file that is
 * deleted again, 0.4 of the time. Whoever makes the log first has the upload: the other one is fenced.
 */
export function createLateLog(openLog: OpenLog, path: string, writerId: string, name: string): LogFile {
  let made: LogFile | null = null

  const requireMade = (): LogFile => {
    if (made === null) throw new Error('the log has not been made')
    return made
  }

  const make = async () => {
    if (made !== null) return
    made = await openLog(path, 'new').catch((error) => {
      if (!hasErrno(error, 'EEXIST')) throw error
      throw new ServiceError('UPLOAD_FENCED', 'a newer writer has taken this upload over')
    })
    await requireMade().append({ claim: writerId, name, announces: true })
  }

  const read = async () => {
    if (made !== null) return made.read()
    const others = await openLog(path, 'existing')
    if (others === null) return { ...NO_UPLOAD, name, owner: writerId, writerIds: [writerId] }
    const state = await others.read().finally(others.close)
    return { ...state, writerIds: [...state.writerIds, writerId] }
  }

  return {
    make,
    isMade: () => made !== null,
    append: (entry) => requireMade().append(entry),
    read,
    sync: () => requireMade().sync(),
    syncProgress: async () => made?.syncProgress(),
    close: async () => made?.close(),
  }
}
