import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { readCount } from './read-count.ts'
import { withReadableErrors } from './with-readable-errors.ts'

const WEBHOOK = 'such as whk_…'
const TYPES = 'comma-separated list such as file.created,file.deleted'

/** `waybill webhooks …`: uses the client library, which is loaded only when a command runs. */
export function webhooksCommand(io: CommandIo): Command {
  const webhooks = new Command('webhooks')
    .description('Send events to endpoints of your own. Needs a key with the scope admin.')
    .addHelpText(
      'after',
      `
Examples:
  waybill webhooks create https://example.com/waybill --types file.created,file.deleted
  waybill webhooks test whk_01a20e98
  waybill webhooks deliveries whk_01a20e98`,
    )
  webhooks
    .command('list')
    .description('List webhooks, oldest first, without their secrets.')
    .option('--json', 'print JSON')
    .action(withReadableErrors(io, async (options) => (await import('./webhooks/list.ts')).list(io, options)))
  addCreate(io, webhooks)
  addUpdate(io, webhooks)
  addDelete(io, webhooks)
  webhooks
    .command('test')
    .description('Send a ping to a webhook now, and show what came back.')
    .argument('<webhook>', WEBHOOK)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit codes: 0 the endpoint answered with success, 1 it did not.')
    .action(
      withReadableErrors(io, async (id, options) =>
        (await import('./webhooks/ping.ts')).ping(io, id, options),
      ),
    )
  webhooks
    .command('rotate')
    .description(
      'Replace the secret of a webhook. The new one is shown only once; the old one signs for another day.',
    )
    .argument('<webhook>', WEBHOOK)
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (id, options) =>
        (await import('./webhooks/rotate.ts')).rotate(io, id, options),
      ),
    )
  addDeliveries(io, webhooks)
  return webhooks
}

function addCreate(io: CommandIo, webhooks: Command): void {
  webhooks
    .command('create')
    .description('Send events that happen from now on to a URL. The secret is shown only once.')
    .argument('<url>', 'such as https://example.com/waybill')
    .option('--types <list>', `${TYPES}; default: all`, readList)
    .option('--description <text>', 'description for people')
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (url, options) =>
        (await import('./webhooks/create.ts')).create(io, url, options),
      ),
    )
}

function addUpdate(io: CommandIo, webhooks: Command): void {
  webhooks
    .command('update')
    .description('Change the given properties of a webhook.')
    .argument('<webhook>', WEBHOOK)
    .option('--url <url>', 'such as https://example.com/waybill')
    .option('--types <list>', `${TYPES}, or all`, readList)
    .option('--description <text>', 'description for people')
    .option('--active', 'send to it again')
    .option('--inactive', 'send nothing to it')
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (id, options) =>
        (await import('./webhooks/update.ts')).update(io, id, options),
      ),
    )
}

function addDelete(io: CommandIo, webhooks: Command): void {
  webhooks
    .command('delete')
    .description('Delete webhooks. Their deliveries end.')
    .argument('<webhook...>', WEBHOOK)
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (ids, options) => {
        const { changeEach, deletion } = await import('./files/change-each.ts')
        await changeEach(
          io,
          ids,
          options,
          deletion((client, id) => client.webhooks.delete(id)),
        )
      }),
    )
}

function addDeliveries(io: CommandIo, webhooks: Command): void {
  webhooks
    .command('deliveries')
    .description('List the deliveries of a webhook, newest first, with the last answer of each.')
    .argument('<webhook>', WEBHOOK)
    .option('--limit <count>', 'maximum number of entries; default: 20', readCount(1_000_000))
    .option('--json', 'print JSON, with all attempts')
    .action(
      withReadableErrors(io, async (id, options) =>
        (await import('./webhooks/deliveries.ts')).deliveries(io, id, options),
      ),
    )
  webhooks
    .command('retry')
    .description('Send a delivery once more, now.')
    .argument('<webhook>', WEBHOOK)
    .argument('<delivery>', 'such as whd_…')
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (id, delivery, options) =>
        (await import('./webhooks/retry.ts')).retry(io, id, delivery, options),
      ),
    )
}

function readList(text: string): string[] {
  return text.split(',').map((item) => item.trim())
}
