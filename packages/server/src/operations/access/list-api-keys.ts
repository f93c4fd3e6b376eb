import type { ApiKey } from '../../domain/access/api-key.ts'
import type { Caller } from '../../domain/access/caller.ts'
import { isId } from '../../domain/ids.ts'
import type { Page } from '../../domain/page.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type ListInput, toPageRequest } from '../page-request.ts'

/**
 * Lists the organization's keys, newest first. Throws VALIDATION_ERROR for a cursor that is not a key id, and for a
 * page beyond `MAX_PAGED_ENTRIES`.
 */
export const listApiKeys = defineOperation(
  { action: 'listApiKeys', kind: 'read', scope: 'admin' },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    input: ListInput,
  ): Promise<Page<ApiKey>> => {
    // The id is the position, so that the cursor of a deleted key stays valid.
    const request = await toPageRequest(input, async (id) => (isId(id) ? { timeMs: 0, id } : null))
    return database.apiKeys.list(organizationId, request)
  },
)
