import type { Caller } from '../../domain/access/caller.ts'
import { isExpiredFile } from '../../domain/files/file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { fileNotFound } from './get-file.ts'

/**
 * Moves a file to the trash, out of its vector stores. Returns false without a change when it is there already, so that
 * a repeated request deletes nothing. Throws FILE_NOT_FOUND.
 */
export const trashFile = defineOperation(
  {
    action: 'trashFile',
    kind: 'change',
    scope: 'files:write',
    targetOf: (fileId) => fileId,
    hasChanged: (isMoved) => isMoved,
  },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    fileId: string,
  ): Promise<boolean> => {
    if ((await database.files.trash(organizationId, fileId, now())) !== null) return true
    const trashed = await database.files.findTrashed(organizationId, fileId)
    if (trashed === null || isExpiredFile(trashed, now())) throw fileNotFound()
    return false
  },
)
