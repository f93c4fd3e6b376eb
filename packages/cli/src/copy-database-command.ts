import { databaseChoice } from '@waybill/server/config.ts'
import type { CopiedTable } from '@waybill/server/database/copy-database.ts'
import { copyRecords } from '@waybill/server/server.ts'
import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'

interface Options {
  readonly from: string
  readonly to: string
  readonly json?: boolean
}

const CONNECTIONS = 2

/** `waybill database copy`: an installation that has outgrown one machine takes its records along. */
export function copyDatabaseCommand(io: CommandIo): Command {
  return new Command('copy')
    .description('Copy all records from SQLite to PostgreSQL, and compare them. No server may run meanwhile.')
    .requiredOption('--from <url>', 'such as sqlite:/var/lib/waybill/waybill.db')
    .requiredOption('--to <url>', 'such as postgres://user@host/database, an empty one')
    .option('--json', 'answer in JSON')
    .action(async ({ from, to, json }: Options) => {
      const source = databaseChoice('--from', from, '.', CONNECTIONS)
      const target = databaseChoice('--to', to, '.', CONNECTIONS)
      if (source.kind !== 'sqlite' || source.path === ':memory:')
        throw new Error('--from must be a SQLite file')
      if (target.kind !== 'postgres') throw new Error('--to must be on a PostgreSQL server')
      const tables: CopiedTable[] = []
      await copyRecords(source, target, (table) => {
        tables.push(table)
        if (!json) io.print(toText(table))
      })
      io.print(
        json
          ? JSON.stringify({ tables })
          : 'Copied and compared. Start the servers with the new DATABASE_URL.',
      )
    })
}

function toText({ name, rows, sha256 }: CopiedTable): string {
  return `${name.padEnd(22)} ${String(rows).padStart(10)} rows  sha256 ${sha256.slice(0, 16)}…`
}
