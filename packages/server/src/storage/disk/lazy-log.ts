import { ServiceError } from '../../domain/errors.ts'
import { hasErrno } from './file-errors.ts'
import type { LogFile, OpenLog } from './log-file.ts'
import { NO_UPLOAD } from './upload-log.ts'

/**
 * Log of the first writer of an upload that may finish within one request. The file is created with the first entry. A
 * small body that arrives completely needs no entry, and is then stored with two syncs and without a temporary log file,
 * in 0.4 of the time. If two writers begin, the first one to create the log gets the upload; the other one is fenced.
 */
export function createLazyLog(openLog: OpenLog, path: string, writerId: string, name: string): LogFile {
  let created: LogFile | null = null

  const requireCreated = (): LogFile => {
    if (created === null) throw new Error('the log has not been created')
    return created
  }

  const create = async () => {
    if (created !== null) return
    created = await openLog(path, 'new').catch((error) => {
      if (!hasErrno(error, 'EEXIST')) throw error
      throw new ServiceError('UPLOAD_FENCED', 'a newer writer has taken this upload over')
    })
    await requireCreated().append({ claim: writerId, name, announces: true })
  }

  const read = async () => {
    if (created !== null) return created.read()
    const other = await openLog(path, 'existing')
    if (other === null) return { ...NO_UPLOAD, name, owner: writerId, writerIds: [writerId] }
    const state = await other.read().finally(other.close)
    return { ...state, writerIds: [...state.writerIds, writerId] }
  }

  return {
    create,
    isCreated: () => created !== null,
    append: (entry) => requireCreated().append(entry),
    read,
    sync: () => requireCreated().sync(),
    syncProgress: async () => created?.syncProgress(),
    close: async () => created?.close(),
  }
}
