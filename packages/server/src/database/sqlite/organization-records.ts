import type { OrganizationRecords } from '../database.ts'
import type { Connection } from './connection.ts'
import { toOrganization } from './rows.ts'

export function createOrganizationRecords({ get, run, read, write }: Connection): OrganizationRecords {
  return {
    find: (organizationId) =>
      read(() => {
        const row = get('SELECT * FROM organizations WHERE id = $organizationId', { organizationId })
        return row && toOrganization(row)
      }),

    touchApiKey: (organizationId, keyId, nowMs, unlessAfterMs) =>
      write(() => {
        run(
          `UPDATE api_keys SET last_used_at_ms = $nowMs
           WHERE organization_id = $organizationId AND id = $keyId
             AND (last_used_at_ms IS NULL OR last_used_at_ms <= $unlessAfterMs)`,
          { organizationId, keyId, nowMs, unlessAfterMs },
        )
      }),
  }
}
