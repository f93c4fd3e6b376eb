import type { Organization } from '../../domain/access/organization.ts'
import { ServiceError } from '../../domain/errors.ts'
import { checkName } from '../check-name.ts'
import type { Context } from '../context.ts'

export type OrganizationChanges = Partial<Pick<Organization, 'name' | 'storageLimitBytes' | 'isActive'>>

/**
 * Changes the given fields, for the operator. An inactive organization is suspended: its keys, session URIs and
 * download links are refused, nothing is removed, and jobs continue. A limit below the current usage refuses new
 * uploads and removes nothing. Throws VALIDATION_ERROR, ORGANIZATION_NOT_FOUND.
 */
export async function updateOrganization(
  { database, now }: Pick<Context, 'database' | 'now'>,
  organizationId: string,
  changes: OrganizationChanges,
): Promise<Organization> {
  const { name, storageLimitBytes: limitBytes } = changes
  if (name !== undefined) checkName('name', name)
  if (
    limitBytes !== undefined &&
    limitBytes !== null &&
    !(Number.isSafeInteger(limitBytes) && limitBytes >= 0)
  ) {
    const details = { field: 'storage_limit_bytes', value: limitBytes }
    throw new ServiceError('VALIDATION_ERROR', 'the storage limit must be a whole number of bytes', details)
  }
  const organization = await database.organizations.update(organizationId, changes, now())
  if (organization) return organization
  throw new ServiceError('ORGANIZATION_NOT_FOUND', `there is no organization ${organizationId}`)
}
