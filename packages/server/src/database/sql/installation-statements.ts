import type { InstallationRecords } from '../database.ts'
import { readPage } from './pages.ts'
import { toOrganization } from './rows.ts'
import type { Statements } from './statements.ts'

/** Adds an organization unless its id is taken. */
export const INSERT_ORGANIZATION = `INSERT INTO organizations (id, name, state, storage_limit_bytes,
    storage_used_bytes, storage_reserved_bytes, file_count, created_at_ms, updated_at_ms)
  VALUES ($id, $name, 'active', $storageLimitBytes, 0, 0, 0, $createdAtMs, $createdAtMs)
  ON CONFLICT DO NOTHING`

/** What of the installation is one statement, the same on both databases. */
export function createInstallationStatements(
  statements: Statements,
): Omit<InstallationRecords, 'createOrganization'> {
  const { get, change } = statements
  return {
    secret: async (name, candidate) => {
      await change(
        'INSERT INTO installation_secrets (name, value) VALUES ($name, $candidate) ON CONFLICT DO NOTHING',
        { name, candidate },
      )
      const row = await get('SELECT value FROM installation_secrets WHERE name = $name', { name })
      return String(row?.value)
    },

    hasOrganizations: async () => (await get('SELECT 1 FROM organizations LIMIT 1')) !== null,

    listOrganizations: (page) =>
      readPage(
        statements,
        {
          total: 'SELECT count(*) AS total FROM organizations',
          rows: 'SELECT * FROM organizations WHERE true',
          timeColumn: 'created_at_ms',
          idColumn: 'id',
          parameters: {},
          parse: toOrganization,
        },
        page,
      ),
  }
}
