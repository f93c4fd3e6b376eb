import type { OrganizationRecords } from '../database.ts'
import type { Connection } from './connection.ts'
import { toOrganization } from './rows.ts'

export function createOrganizationRecords({ get, run, read, write }: Connection): OrganizationRecords {
  const find = (organizationId: string) => {
    const row = get('SELECT * FROM organizations WHERE id = $organizationId', { organizationId })
    return row && toOrganization(row)
  }

  return {
    find: (organizationId) => read(() => find(organizationId)),

    update: (organizationId, changes, nowMs) =>
      write(() => {
        const organization = find(organizationId)
        if (organization === null) return null
        const { name, storageLimitBytes } = { ...organization, ...changes }
        run(
          `UPDATE organizations SET name = $name, storage_limit_bytes = $storageLimitBytes, updated_at_ms = $nowMs
           WHERE id = $organizationId`,
          { organizationId, name, storageLimitBytes, nowMs },
        )
        return find(organizationId)
      }),
  }
}
