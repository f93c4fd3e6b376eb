import { createSecret, hashSecret, secretPrefix } from '../../domain/access/api-key.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { Organization } from '../../domain/access/organization.ts'
import { ServiceError } from '../../domain/errors.ts'
import { createId, isId } from '../../domain/ids.ts'
import { checkName } from '../check-name.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

export interface NewOrganization {
  /** Id that the operator chose; null to create one. */
  readonly id: string | null
  readonly name: string
  /** Secret of the first key; created by default. */
  readonly secret?: string
}

export interface CreatedOrganization {
  readonly organization: Organization
  /** The first key, with scope `admin`. Its secret is returned only once. */
  readonly apiKey: { readonly id: string; readonly secret: string }
}

/** Adds an organization and its first key. Throws VALIDATION_ERROR, ORGANIZATION_ALREADY_EXISTS. */
export const createOrganization = defineOperation(
  {
    action: 'createOrganization',
    kind: 'change',
    scope: 'operator',
    targetOf: (_, created) => created?.organization.id ?? null,
    organizationOf: ({ organization }) => organization.id,
  },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    _operator: Caller<null>,
    { id, name, secret = createSecret() }: NewOrganization,
  ): Promise<CreatedOrganization> => {
    if (id !== null && !isId(id)) {
      throw new ServiceError('VALIDATION_ERROR', 'the id must look like org_123', { field: 'id', value: id })
    }
    checkName('name', name)
    const createdAtMs = now()
    const organization: Organization = {
      id: id ?? createId('org'),
      name,
      isActive: true,
      storageLimitBytes: null,
      storageUsedBytes: 0,
      storageReservedBytes: 0,
      createdAtMs,
      updatedAtMs: createdAtMs,
    }
    const key = {
      id: createId('ak'),
      name: 'First key',
      prefix: secretPrefix(secret),
      secretSha256: hashSecret(secret),
      scopes: ['admin'] as const,
      createdBy: null,
      createdAtMs,
      expiresAtMs: null,
    }
    if (!(await database.installation.createOrganization(organization, key))) {
      throw new ServiceError(
        'ORGANIZATION_ALREADY_EXISTS',
        `the organization ${organization.id} already exists`,
      )
    }
    return { organization, apiKey: { id: key.id, secret } }
  },
)
