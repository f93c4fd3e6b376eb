import { type Config, readConfig } from '@waybill/server/config.ts'
import { ConfigError } from '@waybill/server/settings.ts'
import { Command, InvalidArgumentError } from 'commander'
import type { CommandIo } from './command-io.ts'
import { type Finding, failed } from './doctor/finding.ts'
import { printable } from './files/printable.ts'
import { readCount } from './read-count.ts'

interface Options {
  readonly url?: string
  readonly organization?: string
  readonly seconds: number
  readonly json?: boolean
}

const SECONDS_DEFAULT = 10
const SECONDS_MAX = 3600

/**
 * `waybill doctor`: checks everything that an installation needs. It may run while a server runs. The exit code is 1
 * when a check failed.
 */
export function doctorCommand(io: CommandIo): Command {
  return new Command('doctor')
    .description(
      'Check settings, clock, disk, storage, database and embeddings server, and test uploads through the public URL.',
    )
    .option('--url <url>', 'test uploads through this URL; default: PUBLIC_URL', readUrl)
    .option(
      '--organization <id>',
      'organization of the test uploads; default: WAYBILL_ORGANIZATION, or the newest organization',
    )
    .option('--seconds <count>', 'duration of the slow test uploads', readCount(SECONDS_MAX), SECONDS_DEFAULT)
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const report = options.json ? () => {} : (finding: Finding) => io.print(toLine(finding))
      const findings = await findAll(io, options, report)
      const failures = findings.filter(({ level }) => level === 'failed').length
      if (options.json) io.print(JSON.stringify({ is_healthy: failures === 0, findings }))
      if (failures > 0) io.fail()
    })
}

/** Runs all checks. Invalid settings are the only finding then, because the other checks need valid settings. */
async function findAll(
  io: CommandIo,
  { url, organization, seconds }: Options,
  report: (finding: Finding) => void,
): Promise<Finding[]> {
  let config: Config
  try {
    config = readConfig(io.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const finding = { check: 'settings', ...failed('invalid-setting', error.message) }
    report(finding)
    return [finding]
  }
  const { runDoctor } = await import('./doctor/run-doctor.ts')
  return runDoctor({
    config,
    url: url ?? config.publicUrl,
    organizationId: organization ?? (io.env.WAYBILL_ORGANIZATION || null),
    apiKey: io.env.WAYBILL_API_KEY || null,
    seconds,
    log: io,
    report,
  })
}

function readUrl(text: string): string {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && !url.username) {
    return url.href.replace(/\/+$/, '')
  }
  throw new InvalidArgumentError('It must be an http or https URL such as https://files.example.com.')
}

function toLine({ check, code, level, message }: Finding): string {
  const line = `${level.padEnd(7)}  ${check.padEnd(8)}  ${code === 'ok' ? '' : `${code}: `}${message}`
  return printable(line)
}
