import { Command } from 'commander'
import { auditOperator } from './audit-operator.ts'
import type { CommandIo } from './command-io.ts'
import { withDatabase } from './with-database.ts'

/** `waybill clock`: recovers after a machine's clock was far ahead. */
export function clockCommand(io: CommandIo): Command {
  return new Command('clock')
    .description('The time of this installation, which never goes back by itself.')
    .addCommand(showCommand(io))
    .addCommand(resetCommand(io))
}

function showCommand(io: CommandIo): Command {
  return new Command('show')
    .description('Show the latest recorded time, and the time of this machine.')
    .option('--json', 'answer in JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const mark = await withDatabase(io.env, ({ database }) => database.installation.clock())
      const noted = mark && toTime(mark.latestMs)
      const machine = toTime(Date.now())
      if (json) return io.print(JSON.stringify({ noted_at: noted, machine_time: machine }))
      io.print(`Latest recorded: ${noted ?? 'none'}\nThis machine: ${machine}`)
    })
}

function resetCommand(io: CommandIo): Command {
  return new Command('reset')
    .description(
      'Set the time of the installation to the time of this machine, even if that is earlier. Running servers follow within a minute. Expired keys, sessions and URLs may be valid again.',
    )
    .action(async () => {
      const { latestMs } = await withDatabase(io.env, async (context) => {
        const mark = await context.database.installation.resetClock(Date.now())
        await auditOperator(context, 'resetClock', null, null)
        return mark
      })
      io.print(`The time of the installation is ${toTime(latestMs)}.`)
    })
}

function toTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
