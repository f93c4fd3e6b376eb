import type { Organization } from '../../domain/access/organization.ts'
import type { OrganizationBody } from './contract/organizations.ts'

/** An organization as answers show it. */
export function toOrganizationBody(organization: Organization): OrganizationBody {
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
