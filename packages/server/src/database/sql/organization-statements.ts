import type { OrganizationRecords } from '../records/organizations.ts'
import { toOrganization } from './rows.ts'
import type { Statements } from './statements.ts'

/** Operations on one organization, equal on both databases. */
export function createOrganizationStatements({ get, change }: Statements): OrganizationRecords {
  const find = async (organizationId: string) => {
    const row = await get('SELECT * FROM organizations WHERE id = $organizationId', { organizationId })
    return row && toOrganization(row)
  }

  return {
    find,

    update: async (organizationId, { name, storageLimitBytes, isActive }, nowMs) => {
      // A limit may be null ("no limit"), so unchanged columns are left out of the statement.
      const sets = ['updated_at_ms = $nowMs']
      if (name !== undefined) sets.push('name = $name')
      if (storageLimitBytes !== undefined) sets.push('storage_limit_bytes = $storageLimitBytes')
      if (isActive !== undefined) sets.push('state = $state')
      const { rows } = await change(
        `UPDATE organizations SET ${sets.join(', ')} WHERE id = $organizationId RETURNING *`,
        {
          organizationId,
          nowMs,
          ...(name === undefined ? {} : { name }),
          ...(isActive === undefined ? {} : { state: isActive ? 'active' : 'deactivated' }),
          ...(storageLimitBytes === undefined ? {} : { storageLimitBytes }),
        },
      )
      return rows[0] ? toOrganization(rows[0]) : null
    },
  }
}
