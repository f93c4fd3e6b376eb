import { readConfig } from '@waybill/server/config.ts'
import { describeConfig } from '@waybill/server/describe-config.ts'
import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { NEW_INSTALLATION } from './new-installation.ts'

interface Options {
  readonly printConfig?: boolean
  readonly newInstallation?: boolean
  readonly workers?: string
}

/** `waybill serve`. */
export function serveCommand(io: CommandIo): Command {
  return new Command('serve')
    .description(
      'Start the server. SIGTERM stops it. All settings are environment variables; see the README.',
    )
    .option('--print-config', 'print the settings with secrets hidden, then exit')
    .option('--new-installation', NEW_INSTALLATION)
    .option(
      '--workers <number>',
      'processes that share the port and the data, or "auto" (default: WORKERS, or 1)',
    )
    .action(async ({ printConfig, newInstallation, workers }: Options) => {
      if (workers !== undefined) io.env.WORKERS = workers
      if (!printConfig) {
        const { serve } = await import('@waybill/server/main.ts')
        return serve(io.env, { isNewInstallation: newInstallation === true })
      }
      for (const [name, value] of describeConfig(readConfig(io.env))) io.print(`${name}=${value}`)
    })
}
