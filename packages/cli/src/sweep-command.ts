import { readConfig } from '@waybill/server/config.ts'
import type { Finding } from '@waybill/server/jobs/finding.ts'
import { SWEEP_START, type Swept, sweep } from '@waybill/server/jobs/sweep.ts'
import { readInstallationTime } from '@waybill/server/operations/installation-clock.ts'
import { openDatabase, openStorage } from '@waybill/server/server.ts'
import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'

interface Options {
  readonly dryRun?: boolean
  readonly json?: boolean
}

const MAX_FINDINGS = 1000

/** `waybill sweep`: one run of what a server does every few minutes, through everything, beside it too. */
export function sweepCommand(io: CommandIo): Command {
  return new Command('sweep')
    .description('Expire overdue uploads, remove what is left over, and report what is missing.')
    .option('--dry-run', 'only say what would be done, and why')
    .option('--json', 'answer in JSON')
    .action(async ({ dryRun: isDryRun = false, json }: Options) => {
      const swept = await sweepEverything(io.env, isDryRun)
      io.print(json ? toJson(swept.findings) : toText(swept, isDryRun))
    })
}

async function sweepEverything(env: NodeJS.ProcessEnv, isDryRun: boolean): Promise<Swept> {
  const config = readConfig(env)
  if (config.storage.kind === 'memory') {
    throw new Error('what a server holds in memory only that server can sweep, and it does')
  }
  const database = await openDatabase(config.database)
  try {
    const storage = await openStorage(config.storage)
    const context = { database, storage, now: await readInstallationTime(database.installation) }
    const { signal } = new AbortController()
    const limits = { maxFindings: MAX_FINDINGS, maxExamined: Number.POSITIVE_INFINITY }
    const run = { ...limits, isDryRun, removesUnexplained: true, auditMs: config.auditMs, signal }
    return await sweep(context, run, SWEEP_START).finally(storage.close)
  } finally {
    await database.close()
  }
}

/** One finding a line. */
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
  const more = isComplete ? '' : ' There may be more: run it again.'
  return [...lines, `${count}, ${forgotten}.${more}`].join('\n')
}
