import { setTimeout } from 'node:timers/promises'
import type { Row } from '../sql/rows.ts'
import type { Statements } from '../sql/statements.ts'
import { keyOf, readQuery, TABLES, type Table, type TargetTables } from '../tables.ts'
import { createConnection } from './connection.ts'
import { migrate, UNFINISHED_COPY } from './migrate.ts'

const CONNECTIONS = 2
/** Time in which PostgreSQL ends the connections of a program that has just stopped. */
const ENDING_MS = 3000
const RETRY_MS = 50

/**
 * Opens a database on a PostgreSQL server as the target of a copy.
 * Throws an error with a message for the operator when it cannot be reached or another program uses it.
 */
export async function openPostgresTables(url: string): Promise<TargetTables> {
  const connection = createConnection({ url, maxConnections: CONNECTIONS }, () => {})
  const { statements, transaction, close } = connection
  const { get, all, change } = statements
  try {
    await refuseOtherPrograms(statements)
    await migrate(connection, { isCopyAllowed: true })
  } catch (error) {
    await close()
    throw error
  }
  return {
    kind: 'postgres',
    close,

    read: (table, afterKey, limit) => {
      const { sql, parameters } = readQuery(table, afterKey, limit)
      return all(sql, parameters)
    },

    count: async () => {
      const counts = TABLES.map(({ name }) => `(SELECT count(*) FROM ${name})`)
      return Number((await get(`SELECT ${counts.join(' + ')} AS count`))?.count)
    },

    unfinishedCopy: async () => {
      const row = await get(UNFINISHED_COPY)
      return row === null ? null : String(row.source)
    },

    beginCopy: async (source) => {
      await change(
        'INSERT INTO unfinished_copy (source) SELECT $source::text WHERE NOT EXISTS (SELECT FROM unfinished_copy)',
        {
          source,
        },
      )
    },

    finishCopy: () =>
      transaction(async (inside) => {
        // Copied events keep their numbers, so new ones must start after the highest.
        await inside.script(
          "SELECT setval(pg_get_serial_sequence('audit_events', 'id'), COALESCE((SELECT max(id) FROM audit_events), 0) + 1, false)",
        )
        await inside.change('DELETE FROM unfinished_copy')
      }),

    lastKey: async (table) => {
      const columns = Object.keys(table.key)
      const row = await get(
        `SELECT ${columns.join(', ')} FROM ${table.name}
         ORDER BY ${columns.map((column) => `${column} DESC`).join(', ')} LIMIT 1`,
      )
      return row === null ? null : keyOf(table, row)
    },

    add: async ({ name }: Table, rows) => {
      await change(
        `INSERT INTO ${name} OVERRIDING SYSTEM VALUE
         SELECT * FROM json_populate_recordset(NULL::${name}, $rows::json) ON CONFLICT DO NOTHING`,
        { rows: JSON.stringify(rows.map(toJsonRow)) },
      )
    },
  }
}

/** Throws when another program has a connection to the database, and keeps it. */
async function refuseOtherPrograms({ get }: Statements): Promise<void> {
  const giveUpAtMs = performance.now() + ENDING_MS
  for (;;) {
    const others = await get(
      `SELECT count(*) AS count FROM pg_stat_activity
       WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    )
    if (Number(others?.count) === 0) return
    if (performance.now() >= giveUpAtMs)
      throw new Error('a server or another program uses the target: stop it first')
    await setTimeout(RETRY_MS)
  }
}

/** Writes bytes in the hexadecimal form of PostgreSQL's BYTEA. */
function toJsonRow(row: Row): Row {
  const values = Object.entries(row).map(([column, value]) => [
    column,
    value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value,
  ])
  return Object.fromEntries(values)
}
