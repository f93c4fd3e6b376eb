import type { Context } from '../context.ts'

/** What the organization's quota leaves, in bytes. Others may take it meanwhile: whatever adds to the records decides. */
export async function remainingQuotaBytes(
  { database }: Pick<Context, 'database'>,
  organizationId: string,
): Promise<number> {
  const organization = await database.organizations.find(organizationId)
  if (!organization || organization.storageLimitBytes === null) return Number.POSITIVE_INFINITY
  const { storageLimitBytes, storageUsedBytes, storageReservedBytes } = organization
  return storageLimitBytes - storageUsedBytes - storageReservedBytes
}
