import type { Page } from '../../database/records/page.ts'
import type { Organization } from '../../domain/access/organization.ts'
import type { Context } from '../context.ts'
import { type ListInput, toPageRequest } from '../page-request.ts'

/** Lists all organizations for the operator, newest first. Throws VALIDATION_ERROR for an unknown cursor. */
export async function listOrganizations(
  { database }: Pick<Context, 'database'>,
  input: ListInput,
): Promise<Page<Organization>> {
  const request = await toPageRequest(input, async (id) => {
    const organization = await database.organizations.find(id)
    return organization && { timeMs: organization.createdAtMs, id }
  })
  return database.installation.listOrganizations(request)
}
