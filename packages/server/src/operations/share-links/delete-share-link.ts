import type { Caller } from '../../domain/access/caller.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { findFile } from '../files/get-file.ts'

interface LinkOfFile {
  readonly fileId: string
  readonly linkId: string
}

/** Deletes a link, which is refused from then on. Throws FILE_NOT_FOUND, LINK_NOT_FOUND. */
export const deleteShareLink = defineOperation(
  {
    action: 'deleteShareLink',
    kind: 'change',
    scope: 'files:write',
    targetOf: ({ fileId, linkId }, result) => (result === null ? fileId : `${fileId} ${linkId}`),
  },
  async (
    context: Pick<Context, 'database' | 'now'>,
    { organizationId }: Caller,
    { fileId, linkId }: LinkOfFile,
  ): Promise<void> => {
    await findFile(context, organizationId, fileId)
    if (!(await context.database.shareLinks.delete(organizationId, fileId, linkId)))
      throw new ServiceError('LINK_NOT_FOUND', 'there is no such link')
  },
)
