import { readConfig } from '@waybill/server/config.ts'
import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import type { Finding } from '@waybill/server/jobs/tasks/finding.ts'
import type { Swept } from '@waybill/server/jobs/tasks/sweep.ts'
import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { assertInstallation, withAudit } from './with-database.ts'

interface Options {
  readonly dryRun?: boolean
  readonly json?: boolean
}

const MAX_FINDINGS = 1000

/** `waybill sweep`: runs the periodic cleanup of a server once, over everything. It may run while a server runs. */
export function sweepCommand(io: CommandIo): Command {
  return new Command('sweep')
    .description('Expire overdue uploads, remove orphaned data and report missing objects.')
    .option('--dry-run', 'only show what would be done, and why')
    .option('--json', 'print JSON')
    .action(async ({ dryRun: isDryRun = false, json }: Options) => {
      const swept = await sweepEverything(io, isDryRun)
      io.print(json ? toJson(swept.findings) : toText(swept, isDryRun))
    })
}

async function sweepEverything(io: CommandIo, isDryRun: boolean): Promise<Swept> {
  const config = readConfig(io.env)
  if (config.storage.kind === 'memory') {
    throw new Error(
      'STORAGE_URL=memory: only the server itself can sweep objects in its memory, and it does so.',
    )
  }
  assertInstallation(config)
  const { openDatabase } = await import('@waybill/server/compose/open-database.ts')
  const { openStorage } = await import('@waybill/server/compose/open-storage.ts')
  const { SWEEP_START, sweep } = await import('@waybill/server/jobs/tasks/sweep.ts')
  const database = await openDatabase(config.database)
  try {
    const storage = await openStorage(config.storage)
    const { signal } = new AbortController()
    const limits = {
      maxFindings: MAX_FINDINGS,
      maxExamined: Number.POSITIVE_INFINITY,
      auditMs: config.auditMs,
    }
    const run = { ...limits, caller: operatorCaller(null), isDryRun, removesUnexplained: true, signal }
    return await withAudit(database, io, (context) =>
      sweep({ ...context, storage }, run, SWEEP_START),
    ).finally(storage.close)
  } finally {
    await database.close()
  }
}

/** Formats the findings as a JSON array with one finding per line. */
function toJson(findings: readonly Finding[]): string {
  return `[${findings.map((finding) => JSON.stringify(finding)).join(',\n ')}]`
}

const WORDS: Readonly<Record<Finding['outcome'], string>> = {
  removed: 'removed',
  'to-remove': 'would remove',
  failed: 'could not remove',
  reported: 'found',
}

function toText({ findings, forgottenRecords, isComplete }: Swept, isDryRun: boolean): string {
  const lines = findings.map(
    ({ outcome, kind, name, reason }) => `${WORDS[outcome]}  ${kind}  ${JSON.stringify(name)}: ${reason}`,
  )
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`
  const forgotten = isDryRun ? 'nothing was changed' : `${forgottenRecords} old records deleted`
  const more = isComplete ? '' : ' There may be more: run the command again.'
  return [...lines, `${count}, ${forgotten}.${more}`].join('\n')
}
