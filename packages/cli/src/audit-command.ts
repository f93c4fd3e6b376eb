import type { AuditRow } from '@waybill/server/domain/access/audit-event.ts'
import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { printable } from './files/printable.ts'
import { readCount } from './read-count.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly organization?: string
  readonly limit: number
  readonly json?: boolean
}

const LIMIT_DEFAULT = 100
const LIMIT_MAX = 100_000

/** `waybill audit`: prints the newest rows in chronological order. */
export function auditCommand(io: CommandIo): Command {
  return new Command('audit')
    .description('Show the audit log: changes and refused requests, with actor and time.')
    .option('--organization <id>', 'show only this organization')
    .option(
      '--limit <count>',
      'maximum number of entries; the newest are shown',
      readCount(LIMIT_MAX),
      LIMIT_DEFAULT,
    )
    .option('--json', 'print JSON')
    .action(async ({ organization, limit, json }: Options) => {
      const newest = await withDatabase(io, ({ database }) =>
        database.audit.list(organization ?? null, limit),
      )
      const events = newest.toReversed().map(toBody)
      const lines = events.map((event) => (json ? JSON.stringify(event) : toLine(event)))
      io.print(json ? `[${lines.join(',\n ')}]` : lines.join('\n'))
    })
}

function toBody(event: AuditRow) {
  return {
    time: new Date(event.timeMs).toISOString(),
    organization_id: event.organizationId,
    actor: event.actor,
    action: event.action,
    target: event.target,
    outcome: event.outcome,
    trace_id: event.traceId,
    client_address: event.clientAddress,
    count: event.count,
  }
}

function toLine({
  time,
  organization_id,
  actor,
  action,
  target,
  outcome,
  client_address,
  count,
}: ReturnType<typeof toBody>): string {
  const columns = [
    time,
    organization_id ?? '-',
    actor ?? '-',
    action,
    target ?? '-',
    outcome,
    client_address ?? '-',
    `×${count}`,
  ]
  return printable(columns.join('  '))
}
