import type { FileListRequest } from '../../database/records/files.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { File } from '../../domain/files/file.ts'
import type { Page } from '../../domain/page.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type ListInput, toPageRequest } from '../page-request.ts'

export interface FileListInput extends ListInput, Partial<Pick<FileListRequest, 'order' | 'purpose'>> {}

/**
 * Lists the organization's files, newest first and of every purpose unless the input says otherwise. Throws VALIDATION_ERROR for an unknown cursor, and for a page beyond
 * `MAX_PAGED_ENTRIES`.
 */
export const listFiles = defineOperation(
  { action: 'listFiles', kind: 'read', scope: 'files:read' },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    { order = 'desc', purpose = 'all', ...input }: FileListInput,
  ): Promise<Page<File>> => {
    const request = await toPageRequest(input, (fileId) =>
      database.files.findPosition(organizationId, fileId),
    )
    return database.files.list(organizationId, { ...request, order, purpose, nowMs: now() })
  },
)
