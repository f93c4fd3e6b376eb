import type { AuditRow } from '@waybill/server/domain/audit-event.ts'
import { Command, InvalidArgumentError } from 'commander'
import type { CommandIo } from './command-io.ts'
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
    .description('What was created, deleted, changed and refused, by whom and when.')
    .option('--organization <id>', 'of one organization')
    .option('--limit <count>', 'how many, the newest', readLimit, LIMIT_DEFAULT)
    .option('--json', 'answer in JSON')
    .action(async ({ organization, limit, json }: Options) => {
      const newest = await withDatabase(io.env, ({ database }) =>
        database.audit.list(organization ?? null, limit),
      )
      const events = newest.toReversed().map(toBody)
      const lines = events.map((event) => (json ? JSON.stringify(event) : toLine(event)))
      io.print(json ? `[${lines.join(',\n ')}]` : lines.join('\n'))
    })
}

function readLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= LIMIT_MAX) return limit
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${LIMIT_MAX}.`)
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
  // Nothing that a record holds may move the cursor or pass for another line.
  return columns.join('  ').replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}')
}
