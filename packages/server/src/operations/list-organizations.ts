import type { Page, PageRequest } from '../database/database.ts'
import type { Organization } from '../domain/organization.ts'
import type { Context } from './context.ts'

/** The operator's view of all organizations, newest first. */
export function listOrganizations(
  { database }: Pick<Context, 'database'>,
  page: PageRequest,
): Promise<Page<Organization>> {
  return database.installation.listOrganizations(page)
}
