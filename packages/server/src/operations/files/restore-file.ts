import type { Caller } from '../../domain/access/caller.ts'
import type { File } from '../../domain/files/file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findFile } from './get-file.ts'

export interface RestoredFile {
  readonly file: File
  /** False when the file was not in the trash. */
  readonly isMoved: boolean
}

/**
 * Moves a file out of the trash. It does not return to its vector stores. Returns the file without a change when it is
 * not in the trash, so that a request can be repeated. Throws FILE_NOT_FOUND.
 */
export const restoreFile = defineOperation(
  {
    action: 'restoreFile',
    kind: 'change',
    scope: 'files:write',
    targetOf: (fileId) => fileId,
    hasChanged: ({ isMoved }) => isMoved,
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    fileId: string,
  ): Promise<RestoredFile> => {
    const file = await context.database.files.restore(organizationId, fileId, context.now())
    if (file !== null) return { file, isMoved: true }
    return { file: await findFile(context, organizationId, fileId), isMoved: false }
  },
)
