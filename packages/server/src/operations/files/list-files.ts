import type { FileListRequest } from '../../database/records/files.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { File } from '../../domain/files/file.ts'
import type { Page } from '../../domain/page.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type ListInput, resolveCursor, toPageRequest } from '../page-request.ts'

export interface FileListInput
  extends ListInput,
    Partial<Pick<FileListRequest, 'order' | 'purpose' | 'state'>> {
  /** Id of the entry that the page ends before; absent or null for the usual page. */
  readonly before?: string | null
}

/**
 * Lists the organization's files, newest first, of every purpose and outside the trash unless the input says otherwise. Throws
 * VALIDATION_ERROR for an unknown cursor, and for a page beyond `MAX_PAGED_ENTRIES`.
 */
export const listFiles = defineOperation(
  { action: 'listFiles', kind: 'read', scope: 'files:read' },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    { order = 'desc', purpose = 'all', state = 'live', before = null, ...input }: FileListInput,
  ): Promise<Page<File>> => {
    const findPosition = (fileId: string) => database.files.findPosition(organizationId, fileId)
    const request = await toPageRequest(input, findPosition)
    const end = before === null ? null : await resolveCursor('before', before, findPosition)
    const rest = { order, purpose, state, nowMs: now() }
    return database.files.list(organizationId, { ...request, before: end, ...rest })
  },
)
