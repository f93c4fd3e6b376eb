import type { Organization } from '../../domain/access/organization.ts'

export interface OrganizationRecords {
  find(organizationId: string): Promise<Organization | null>
  /**
   * Returns the changed organization; null when there is none. A storage limit below the usage refuses new uploads and
   * deletes nothing.
   */
  update(
    organizationId: string,
    changes: Partial<Pick<Organization, 'name' | 'storageLimitBytes' | 'isActive'>>,
    nowMs: number,
  ): Promise<Organization | null>
}
