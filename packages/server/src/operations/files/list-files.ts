import type { Page } from '../../database/records/page.ts'
import type { File } from '../../domain/files/file.ts'
import type { Context } from '../context.ts'
import { type ListInput, toPageRequest } from '../page-request.ts'

/** Lists the organization's files, newest first. Throws VALIDATION_ERROR for an unknown cursor or a page too deep. */
export async function listFiles(
  { database }: Context,
  organizationId: string,
  input: ListInput,
): Promise<Page<File>> {
  const request = await toPageRequest(input, (fileId) => database.files.findPosition(organizationId, fileId))
  return database.files.list(organizationId, request)
}
