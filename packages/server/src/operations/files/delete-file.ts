import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Deletes a file and its bytes, and releases its part of the quota. Throws FILE_NOT_FOUND. */
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
      // The file is deleted even if its bytes remain: no client can read them, and a sweep removes them.
      log.warn({ err: error, file_id: fileId }, 'the bytes of a deleted file could not be removed')
    }
  },
)
