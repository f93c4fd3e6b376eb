import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { type File, isExpiredFile } from '../../domain/files/file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Deletes a file and its bytes, and releases its part of the quota. Throws FILE_NOT_FOUND. */
export const deleteFile = defineOperation(
  { action: 'deleteFile', kind: 'change', scope: 'files:write', targetOf: (fileId) => fileId },
  async (context: FileContext, { organizationId }: Caller, fileId: string): Promise<void> => {
    const file = await removeFile(context, organizationId, fileId)
    if (file === null || isExpiredFile(file, context.now()))
      throw new ServiceError('FILE_NOT_FOUND', 'there is no such file')
  },
)

/** Deletes a file whose time is over. Not audited: the expiry is part of the recorded upload. */
export const expireFile = defineOperation(
  { action: 'expireFile', kind: 'routine', scope: 'operator', targetOf: ({ id }) => id },
  async (
    context: FileContext,
    _caller: Caller<null>,
    { organizationId, id }: Pick<File, 'organizationId' | 'id'>,
  ): Promise<void> => {
    await removeFile(context, organizationId, id)
  },
)

type FileContext = Pick<Context, 'database' | 'storage' | 'log' | 'now'>

/** Deletes a file and its bytes. Returns the file; null when there is none. */
async function removeFile(
  { database, storage, log, now }: FileContext,
  organizationId: string,
  fileId: string,
): Promise<File | null> {
  const file = await database.files.delete(organizationId, fileId, now())
  if (file === null) return null
  try {
    await storage.remove(file.objectName, file.generation)
  } catch (error) {
    // The file is deleted even if its bytes remain: no client can read them, and a sweep removes them.
    log.warn({ err: error, file_id: fileId }, 'the bytes of a deleted file could not be removed')
  }
  return file
}
