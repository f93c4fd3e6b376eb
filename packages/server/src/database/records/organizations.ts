import type { Organization } from '../../domain/access/organization.ts'

export interface OrganizationRecords {
  find(organizationId: string): Promise<Organization | null>
  /** The organization as it is afterwards. A limit below what is used refuses what comes, and removes nothing. */
  update(
    organizationId: string,
    changes: Partial<Pick<Organization, 'name' | 'storageLimitBytes' | 'isActive'>>,
    nowMs: number,
  ): Promise<Organization | null>
}
