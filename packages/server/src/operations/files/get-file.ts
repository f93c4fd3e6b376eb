import { ServiceError } from '../../domain/errors.ts'
import type { File } from '../../domain/files/file.ts'
import type { Context } from '../context.ts'

/** Throws FILE_NOT_FOUND, also for another organization's file. */
export async function getFile({ database }: Context, organizationId: string, fileId: string): Promise<File> {
  const file = await database.files.find(organizationId, fileId)
  if (file === null) throw new ServiceError('FILE_NOT_FOUND', 'there is no such file')
  return file
}
