import { readConfig } from '@waybill/server/config.ts'
import type { Damage, Scrubbed } from '@waybill/server/jobs/tasks/scrub.ts'
import { Command, InvalidArgumentError } from 'commander'
import { parseByteSize } from './byte-size.ts'
import type { CommandIo } from './command-io.ts'
import { withDatabase } from './with-database.ts'

interface Options {
  readonly rate?: number
  readonly json?: boolean
}

/** `waybill scrub`: verifies all objects once, also while a server runs. The exit code is 1 when it finds damage. */
export function scrubCommand(io: CommandIo): Command {
  return new Command('scrub')
    .description('Read all objects completely, report damaged ones and mark their Files.')
    .option('--rate <size>', 'maximum bytes per second, such as 50MB; default: unlimited', readRate)
    .option('--json', 'print JSON')
    .action(async ({ rate, json }: Options) => {
      const scrubbed = await scrubEverything(io, rate ?? Number.POSITIVE_INFINITY)
      io.print(json ? JSON.stringify(scrubbed) : toText(scrubbed))
      if (scrubbed.damage.length > 0) io.fail()
    })
}

function readRate(text: string): number {
  const bytes = parseByteSize(text)
  if (bytes === null || bytes === 0) throw new InvalidArgumentError('It must be a size such as 50MB.')
  return bytes
}

async function scrubEverything(io: CommandIo, bytesPerSecond: number): Promise<Scrubbed> {
  const { storage: choice } = readConfig(io.env)
  if (choice.kind === 'memory') throw new Error('only the server itself can read objects in its memory')
  const { openStorage } = await import('@waybill/server/compose/open-storage.ts')
  const { scrubFiles } = await import('@waybill/server/jobs/tasks/scrub-files.ts')
  return withDatabase(io, async ({ database, now }) => {
    const storage = await openStorage(choice)
    const { signal } = new AbortController()
    const run = { bytesPerSecond, signal, firstSection: 0 }
    return scrubFiles({ database, storage, now }, run).finally(storage.close)
  })
}

function toText({ objects, bytes, damage }: Scrubbed): string {
  const lines = damage.map(({ name, problem }: Damage) => `damaged  ${JSON.stringify(name)}: ${problem}`)
  const count = objects === 1 ? '1 object' : `${objects} objects`
  return [...lines, `Read ${count} (${bytes} bytes), ${damage.length} damaged.`].join('\n')
}
