import type { Page, PageRequest } from '../database/database.ts'
import type { ApiKey } from '../domain/api-key.ts'
import type { Context } from './context.ts'

/** The organization's keys, newest first. */
export function listApiKeys(
  { database }: Pick<Context, 'database'>,
  organizationId: string,
  page: PageRequest,
): Promise<Page<ApiKey>> {
  return database.apiKeys.list(organizationId, page)
}
