import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Removes a file and its bytes, and gives its space back. Throws FILE_NOT_FOUND. */
export const deleteFile = defineOperation(
  { action: 'deleteFile', kind: 'change', scope: 'files:write', targetOf: (fileId) => fileId },
  async (
    { database, storage, log, now }: Pick<Context, 'database' | 'storage' | 'log' | 'now'>,
    { organizationId }: Caller,
    fileId: string,
  ): Promise<void> => {
    const file = await database.files.delete(organizationId, fileId, now())
    if (file === null) throw new ServiceError('FILE_NOT_FOUND', 'there is no such file')
    try {
      await storage.remove(file.objectName, file.generation)
    } catch (error) {
      // The file is deleted, whatever becomes of its bytes: nobody can reach them any more.
      log.warn({ err: error, file_id: fileId }, 'the bytes of a deleted file could not be removed')
    }
  },
)
