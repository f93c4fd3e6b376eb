import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import { type File, isExpiredFile } from '../../domain/files/file.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Returns a file of the organization. Throws FILE_NOT_FOUND, also for a file in the trash or of another organization. */
export const getFile = defineOperation(
  { action: 'getFile', kind: 'read', scope: 'files:read', targetOf: (fileId) => fileId },
  (context: Pick<Context, 'database' | 'now'>, { organizationId }: Caller, fileId: string) =>
    findFile(context, organizationId, fileId),
)

/** Returns the file, for operations that have already checked their caller. Throws FILE_NOT_FOUND. */
export async function findFile(
  { database, now }: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  fileId: string,
): Promise<File> {
  const file = await database.files.find(organizationId, fileId)
  if (file === null || isExpiredFile(file, now())) throw fileNotFound()
  return file
}

/** Returns the error for a file that does not exist, or is in the trash. */
export function fileNotFound(): ServiceError {
  return new ServiceError('FILE_NOT_FOUND', 'there is no such file')
}
