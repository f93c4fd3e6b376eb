import type { Organization } from '../../domain/access/organization.ts'
import { nullable, object, Time, type TypeOf } from '../http/json-schema.ts'

export const OrganizationBody = object({
  id: { type: 'string', examples: ['org_123'] },
  name: { type: 'string' },
  type: { type: 'string', enum: ['Work'] },
  is_active: { type: 'boolean', description: 'False if the operator has suspended the organization.' },
  storage_limit_bytes: nullable({ type: 'integer' }, 'The quota; null if there is none.'),
  storage_free_bytes_allowance: nullable({ type: 'integer' }, 'The same as `storage_limit_bytes`.'),
  storage_used_bytes: { type: 'integer', description: 'The size of all Files.' },
  storage_reserved_bytes: { type: 'integer', description: 'The size that open upload sessions reserve.' },
  api_usage_limit: { type: 'null', description: 'Always null: there is no limit.' },
  total_usage_limit: { type: 'null', description: 'Always null: there is no limit.' },
  created_at: Time,
  updated_at: Time,
})

export function toOrganizationBody(organization: Organization): TypeOf<typeof OrganizationBody> {
  return {
    id: organization.id,
    name: organization.name,
    type: 'Work',
    is_active: organization.isActive,
    storage_limit_bytes: organization.storageLimitBytes,
    storage_free_bytes_allowance: organization.storageLimitBytes,
    storage_used_bytes: organization.storageUsedBytes,
    storage_reserved_bytes: organization.storageReservedBytes,
    api_usage_limit: null,
    total_usage_limit: null,
    created_at: new Date(organization.createdAtMs).toISOString(),
    updated_at: new Date(organization.updatedAtMs).toISOString(),
  }
}
