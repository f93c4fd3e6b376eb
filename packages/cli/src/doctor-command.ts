import { type Config, ConfigError, readConfig } from '@waybill/server/config.ts'
import { Command, InvalidArgumentError } from 'commander'
import type { CommandIo } from './command-io.ts'
import { examine } from './doctor/examine.ts'
import { type Finding, failed } from './doctor/finding.ts'

interface Options {
  readonly url?: string
  readonly organization?: string
  readonly seconds: number
  readonly json?: boolean
}

const SECONDS_DEFAULT = 10
const SECONDS_MAX = 3600

/** `waybill doctor`: looks at everything that an installation needs, beside a running server too. Ends with 1 where something failed. */
export function doctorCommand(io: CommandIo): Command {
  return new Command('doctor')
    .description('Look at settings, clock, disk, storage and database, and upload through the public URL.')
    .option('--url <url>', 'upload through this URL; PUBLIC_URL otherwise', readUrl)
    .option(
      '--organization <id>',
      'whose quota the probes use; WAYBILL_ORGANIZATION, or the newest otherwise',
    )
    .option('--seconds <count>', 'how long slow uploads are watched', readSeconds, SECONDS_DEFAULT)
    .option('--json', 'answer in JSON')
    .action(async (options: Options) => {
      const report = options.json ? () => {} : (finding: Finding) => io.print(toLine(finding))
      const findings = await findAll(io, options, report)
      const failures = findings.filter(({ level }) => level === 'failed').length
      if (options.json) io.print(JSON.stringify({ is_healthy: failures === 0, findings }))
      if (failures > 0) io.fail()
    })
}

/** Settings that cannot be read are a finding, and then there is nothing else to look at. */
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
  return examine({
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

function readSeconds(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (seconds >= 1 && seconds <= SECONDS_MAX) return seconds
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${SECONDS_MAX}.`)
}

function toLine({ check, code, level, message }: Finding): string {
  const line = `${level.padEnd(7)}  ${check.padEnd(8)}  ${code === 'ok' ? '' : `${code}: `}${message}`
  // What a stranger answered must neither move the cursor nor pass for another line.
  return line.replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}')
}
