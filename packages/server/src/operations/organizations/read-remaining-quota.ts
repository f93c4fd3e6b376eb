import { NO_LIMIT_BYTES, remainingQuotaBytes } from '../../domain/access/organization.ts'
import type { Context } from '../context.ts'

/** Returns the bytes that the organization may still store, as they are now; see `remainingQuotaBytes`. */
export async function readRemainingQuota(
  { database }: Pick<Context, 'database'>,
  organizationId: string,
): Promise<number> {
  const organization = await database.organizations.find(organizationId)
  return organization === null ? NO_LIMIT_BYTES : remainingQuotaBytes(organization)
}
