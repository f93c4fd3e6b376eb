import type { Organization } from '../../domain/access/organization.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'

/** Throws ORGANIZATION_NOT_FOUND. */
export async function getOrganization(
  { database }: Pick<Context, 'database'>,
  organizationId: string,
): Promise<Organization> {
  const organization = await database.organizations.find(organizationId)
  if (organization) return organization
  throw new ServiceError('ORGANIZATION_NOT_FOUND', `there is no organization ${organizationId}`)
}
