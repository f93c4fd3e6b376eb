import type { InstallationRecords } from '../database.ts'
import type { Connection } from './connection.ts'

export function createInstallationRecords(connection: Connection): InstallationRecords {
  const { get, run, read, write } = connection
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
        run(
          `INSERT INTO api_keys (id, organization_id, name, prefix, secret_sha256, scopes, state, created_at_ms,
             expires_at_ms, last_used_at_ms)
           VALUES ($id, $organizationId, $name, $prefix, $secretSha256, $scopes, 'active', $createdAtMs,
             $expiresAtMs, NULL)`,
          { ...key, organizationId: organization.id, scopes: key.scopes.join(' ') },
        )
        return true
      }),

    hasOrganizations: () => read(() => get('SELECT 1 FROM organizations LIMIT 1') !== null),
  }
}
