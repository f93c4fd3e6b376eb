import { readConfig } from '@waybill/server/config.ts'
import { type Damage, type Scrubbed, scrub } from '@waybill/server/jobs/scrub.ts'
import { openStorage } from '@waybill/server/server.ts'
import { Command, InvalidArgumentError } from 'commander'
import { parseByteSize } from './byte-size.ts'
import type { CommandIo } from './command-io.ts'

interface Options {
  readonly rate?: number
  readonly json?: boolean
}

/** `waybill scrub`: reads everything once, beside a running server too. Ends with 1 where something is damaged. */
export function scrubCommand(io: CommandIo): Command {
  return new Command('scrub')
    .description('Read every object from its first byte to its last, and report what is damaged.')
    .option('--rate <size>', 'bytes a second at most, such as 50MB; as fast as it can otherwise', readRate)
    .option('--json', 'answer in JSON')
    .action(async ({ rate, json }: Options) => {
      const scrubbed = await scrubEverything(io.env, rate ?? Number.POSITIVE_INFINITY)
      io.print(json ? JSON.stringify(scrubbed) : toText(scrubbed))
      if (scrubbed.damage.length > 0) io.fail()
    })
}

function readRate(text: string): number {
  const bytes = parseByteSize(text)
  if (bytes === null || bytes === 0) throw new InvalidArgumentError('It must be a size such as 50MB.')
  return bytes
}

async function scrubEverything(env: NodeJS.ProcessEnv, bytesPerSecond: number): Promise<Scrubbed> {
  const { storage: choice } = readConfig(env)
  if (choice.kind === 'memory') throw new Error('what a server holds in memory only that server can read')
  const storage = await openStorage(choice)
  const { signal } = new AbortController()
  return scrub(storage, { bytesPerSecond, signal, firstSection: 0 }).finally(storage.close)
}

function toText({ objects, bytes, damage }: Scrubbed): string {
  const lines = damage.map(({ name, problem }: Damage) => `damaged  ${JSON.stringify(name)}: ${problem}`)
  const count = objects === 1 ? '1 object' : `${objects} objects`
  return [...lines, `${count} with ${bytes} bytes read, ${damage.length} damaged.`].join('\n')
}
