import type { Caller } from '../../domain/access/caller.ts'
import type { ShareLink } from '../../domain/files/share-link.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findFile } from '../files/get-file.ts'

/**
 * Lists the links of a file, newest first, without expired and revoked ones. There are at most as many as a file may
 * have. Throws FILE_NOT_FOUND.
 */
export const listShareLinks = defineOperation(
  { action: 'listShareLinks', kind: 'read', scope: 'files:read', targetOf: (fileId) => fileId },
  async (
    context: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    fileId: string,
  ): Promise<readonly ShareLink[]> => {
    await findFile(context, organizationId, fileId)
    return context.database.shareLinks.list(organizationId, fileId, context.now())
  },
)
