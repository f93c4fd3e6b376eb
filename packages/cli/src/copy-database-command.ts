import { readDatabaseUrl } from '@waybill/server/config.ts'
import type { CopiedTable } from '@waybill/server/database/copy-database.ts'
import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'

interface Options {
  readonly from: string
  readonly to: string
  readonly json?: boolean
}

const CONNECTIONS = 2

/** `waybill database copy`: moves the records of an installation that needs more than one server to PostgreSQL. */
export function copyDatabaseCommand(io: CommandIo): Command {
  return new Command('copy')
    .description('Copy all records from SQLite to PostgreSQL and compare them. Stop all servers first.')
    .requiredOption('--from <url>', 'such as sqlite:/var/lib/waybill/waybill.db')
    .requiredOption('--to <url>', 'an empty database, such as postgres://user@host/database')
    .option('--json', 'print JSON')
    .action(async ({ from, to, json }: Options) => {
      const source = readDatabaseUrl('--from', from, CONNECTIONS)
      const target = readDatabaseUrl('--to', to, CONNECTIONS)
      if (source.kind !== 'sqlite' || source.path === ':memory:')
        throw new Error('--from must be a SQLite file, such as sqlite:/var/lib/waybill/waybill.db.')
      if (target.kind !== 'postgres')
        throw new Error('--to must be a PostgreSQL database, such as postgres://user@host/database.')
      const tables: CopiedTable[] = []
      const { copyRecords } = await import('@waybill/server/compose/open-database.ts')
      await copyRecords(source, target, (table) => {
        tables.push(table)
        if (!json) io.print(toText(table))
      })
      io.print(
        json
          ? JSON.stringify({ tables })
          : 'All records are copied and compared. Start the servers with the new DATABASE_URL.',
      )
    })
}

function toText({ name, rows, sha256 }: CopiedTable): string {
  return `${name.padEnd(22)} ${String(rows).padStart(10)} rows  sha256 ${sha256.slice(0, 16)}…`
}
