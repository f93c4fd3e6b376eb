import type { FileChanges } from '../../database/records/files.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { File } from '../../domain/files/file.ts'
import { fileNameProblem } from '../../domain/files/file-name.ts'
import { invalidValue } from '../../domain/invalid-value.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { checkFolder } from './check-folder.ts'
import { fileNotFound, findFile } from './get-file.ts'

export interface FileUpdate extends FileChanges {
  readonly fileId: string
}

/**
 * Renames and moves a file, and replaces its metadata; absent properties stay. The name of its object stays too.
 * Throws VALIDATION_ERROR, FILE_NOT_FOUND.
 */
export const updateFile = defineOperation(
  { action: 'updateFile', kind: 'change', scope: 'files:write', targetOf: ({ fileId }) => fileId },
  async (
    context: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    { fileId, ...changes }: FileUpdate,
  ): Promise<File> => {
    const { filename, path } = changes
    const problem = filename === undefined ? null : fileNameProblem(filename)
    if (problem !== null) throw invalidValue('filename', 'invalid', problem, filename)
    const file = await findFile(context, organizationId, fileId)
    const isPlaced = filename !== undefined || path !== undefined
    const place = { filename: filename ?? file.filename, path: path ?? file.path }
    checkFolder(place.path, place.filename)
    // Both are written, so that they fit together also after two changes at the same time.
    const updated = await context.database.files.update(organizationId, fileId, {
      ...changes,
      ...(isPlaced && place),
    })
    if (updated === null) throw fileNotFound()
    return updated
  },
)
