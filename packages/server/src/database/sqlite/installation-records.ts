import type { InstallationRecords } from '../database.ts'
import { insertApiKey } from './api-key-records.ts'
import type { Connection } from './connection.ts'
import { behindPlace, LIMIT_ONE_MORE, pageParameters, toPage } from './pages.ts'
import { toOrganization } from './rows.ts'

export function createInstallationRecords(connection: Connection): InstallationRecords {
  const { get, all, run, read, write } = connection
  return {
    secret: (name, candidate) =>
      write(() => {
        run(
          'INSERT INTO installation_secrets (name, value) VALUES ($name, $candidate) ON CONFLICT DO NOTHING',
          { name, candidate },
        )
        return String(get('SELECT value FROM installation_secrets WHERE name = $name', { name })?.value)
      }),

    createOrganization: (organization, key) =>
      write(() => {
        const added = run(
          `INSERT INTO organizations (id, name, state, storage_limit_bytes, storage_used_bytes,
             storage_reserved_bytes, file_count, created_at_ms, updated_at_ms)
           VALUES ($id, $name, 'active', $limit, 0, 0, 0, $createdAtMs, $createdAtMs) ON CONFLICT DO NOTHING`,
          {
            id: organization.id,
            name: organization.name,
            limit: organization.storageLimitBytes,
            createdAtMs: organization.createdAtMs,
          },
        )
        if (added === 0) return false
        insertApiKey(connection, organization.id, key)
        return true
      }),

    hasOrganizations: () => read(() => get('SELECT 1 FROM organizations LIMIT 1') !== null),

    listOrganizations: (page) =>
      read(() => {
        const counted = get('SELECT count(*) AS total FROM organizations')
        const rows = all(
          `SELECT * FROM organizations WHERE true ${behindPlace(page, 'created_at_ms', 'id')}
           ORDER BY created_at_ms DESC, id DESC ${LIMIT_ONE_MORE}`,
          pageParameters(page),
        )
        return toPage(rows, page, Number(counted?.total), toOrganization)
      }),
  }
}
