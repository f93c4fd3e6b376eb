import type { Caller } from '../../domain/access/caller.ts'
import type { Organization } from '../../domain/access/organization.ts'
import { ServiceError } from '../../domain/errors.ts'
import { checkName } from '../check-name.ts'
import type { Context } from '../context.ts'
import { defineOperation, type NoInput } from '../define-operation.ts'

export type OrganizationChanges = Partial<Pick<Organization, 'name' | 'storageLimitBytes'>>

type UpdateContext = Pick<Context, 'database' | 'now'>

/**
 * Changes the given fields. A limit below the current usage refuses new uploads and removes nothing.
 * Throws VALIDATION_ERROR, ORGANIZATION_NOT_FOUND.
 */
export const updateOrganization = defineOperation(
  {
    action: 'updateOrganization',
    kind: 'change',
    scope: 'operator',
    targetOf: (_, updated) => updated?.id ?? null,
  },
  async (
    context: UpdateContext,
    { organizationId }: Caller,
    changes: OrganizationChanges,
  ): Promise<Organization> => {
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
    return update(context, organizationId, changes)
  },
)

/**
 * Suspends an organization: its keys, session URIs and download links are refused, nothing is removed, and jobs
 * continue. Throws ORGANIZATION_NOT_FOUND.
 */
export const suspendOrganization = activation('suspendOrganization', false)

/** Ends a suspension: everything that has not expired works again. Throws ORGANIZATION_NOT_FOUND. */
export const resumeOrganization = activation('resumeOrganization', true)

function activation(action: string, isActive: boolean) {
  return defineOperation(
    { action, kind: 'change', scope: 'operator', targetOf: (_, updated) => updated?.id ?? null },
    (context: UpdateContext, { organizationId }: Caller, _input: NoInput): Promise<Organization> =>
      update(context, organizationId, { isActive }),
  )
}

async function update(
  { database, now }: UpdateContext,
  organizationId: string,
  changes: Partial<Pick<Organization, 'name' | 'storageLimitBytes' | 'isActive'>>,
): Promise<Organization> {
  const organization = await database.organizations.update(organizationId, changes, now())
  if (organization) return organization
  throw new ServiceError('ORGANIZATION_NOT_FOUND', `there is no organization ${organizationId}`)
}
