import type { Caller } from '../../domain/access/caller.ts'
import type { Organization } from '../../domain/access/organization.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { defineOperation, type NoInput } from '../define-operation.ts'

/** Returns the caller's organization. Throws ORGANIZATION_NOT_FOUND. */
export const getOrganization = defineOperation(
  { action: 'getOrganization', kind: 'read', scope: null },
  async (
    { database }: Pick<Context, 'database'>,
    { organizationId }: Caller,
    _input: NoInput,
  ): Promise<Organization> => {
    const organization = await database.organizations.find(organizationId)
    if (organization) return organization
    throw new ServiceError('ORGANIZATION_NOT_FOUND', `there is no organization ${organizationId}`)
  },
)
