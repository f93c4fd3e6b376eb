import type { InstallationRecords } from '../records/installation.ts'
import { readPage } from './pages.ts'
import { toClockMark, toOrganization } from './rows.ts'
import type { Statements } from './statements.ts'

/** Adds an organization unless its id is taken. */
export const INSERT_ORGANIZATION = `INSERT INTO organizations (id, name, state, storage_limit_bytes,
    storage_used_bytes, storage_reserved_bytes, file_count, created_at_ms, updated_at_ms)
  VALUES ($id, $name, 'active', $storageLimitBytes, 0, 0, 0, $createdAtMs, $createdAtMs)
  ON CONFLICT DO NOTHING`

const NOTE_TIME = `INSERT INTO installation_clock (id, latest_ms, resets) VALUES (1, $nowMs, 0)
  ON CONFLICT (id) DO UPDATE SET latest_ms = CASE
    WHEN installation_clock.resets = $resets AND excluded.latest_ms > installation_clock.latest_ms
    THEN excluded.latest_ms ELSE installation_clock.latest_ms END
  RETURNING *`

const RESET_CLOCK = `INSERT INTO installation_clock (id, latest_ms, resets) VALUES (1, $nowMs, 1)
  ON CONFLICT (id) DO UPDATE SET latest_ms = excluded.latest_ms, resets = installation_clock.resets + 1
  RETURNING *`

/** Installation operations that are one statement and equal on both databases. */
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

    replaceSecret: async (name, expected, value) => {
      const { count } = await change(
        `UPDATE installation_secrets SET value = $value
         WHERE name = $name AND value = COALESCE($expected, value)`,
        { name, expected, value },
      )
      return count > 0
    },

    clock: async () => {
      const row = await get('SELECT * FROM installation_clock')
      return row && toClockMark(row)
    },

    noteTime: async (nowMs, resets) => {
      const { rows } = await change(NOTE_TIME, { nowMs, resets })
      return toClockMark(rows[0] ?? {})
    },

    resetClock: async (nowMs) => {
      const { rows } = await change(RESET_CLOCK, { nowMs })
      return toClockMark(rows[0] ?? {})
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
