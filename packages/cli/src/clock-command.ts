import { operatorCaller } from '@waybill/server/domain/access/caller.ts'
import { resetClock } from '@waybill/server/operations/installation/reset-clock.ts'
import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { withDatabase } from './with-database.ts'

/** `waybill clock`: shows and resets the installation's recorded time, for when a machine's clock was far ahead. */
export function clockCommand(io: CommandIo): Command {
  return new Command('clock')
    .description('Show or reset the recorded time of this installation, which never goes back by itself.')
    .addCommand(showCommand(io))
    .addCommand(resetCommand(io))
}

function showCommand(io: CommandIo): Command {
  return new Command('show')
    .description('Show the latest recorded time and the time of this machine.')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const mark = await withDatabase(io, ({ database }) => database.installation.clock())
      const noted = mark && toTime(mark.latestMs)
      const machine = toTime(Date.now())
      if (json) return io.print(JSON.stringify({ noted_at: noted, machine_time: machine }))
      io.print(`Latest recorded: ${noted ?? 'none'}\nThis machine: ${machine}`)
    })
}

function resetCommand(io: CommandIo): Command {
  return new Command('reset')
    .description(
      'Set the recorded time to the time of this machine, even if that is earlier. Running servers use it within a minute. Expired keys, sessions and URLs may become valid again.',
    )
    .action(async () => {
      const { latestMs } = await withDatabase(io, (context) =>
        resetClock(context, operatorCaller(null), Date.now()),
      )
      io.print(`The recorded time is now ${toTime(latestMs)}.`)
    })
}

function toTime(timeMs: number): string {
  return new Date(timeMs).toISOString()
}
