import type { Caller } from '../../domain/access/caller.ts'
import type { Organization } from '../../domain/access/organization.ts'
import type { Page } from '../../domain/page.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'
import { type ListInput, toPageRequest } from '../page-request.ts'

/** Lists all organizations, newest first. Throws VALIDATION_ERROR for an unknown cursor. */
export const listOrganizations = defineOperation(
  { action: 'listOrganizations', kind: 'read', scope: 'operator' },
  async (
    { database }: Pick<Context, 'database'>,
    _operator: Caller<null>,
    input: ListInput,
  ): Promise<Page<Organization>> => {
    const request = await toPageRequest(input, async (id) => {
      const organization = await database.organizations.find(id)
      return organization && { timeMs: organization.createdAtMs, id }
    })
    return database.installation.listOrganizations(request)
  },
)
