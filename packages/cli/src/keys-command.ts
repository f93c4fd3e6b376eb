import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { inSentences } from './in-sentences.ts'
import type { StateChange } from './keys/change-state.ts'

const OPERATORS = 'the operator’s: of these records, without a service; such as org_123'
const SCOPES =
  'some of files:read, files:write, vector_stores:read, vector_stores:write and admin, with commas'
const ROTATION = 'Give an API key a new secret, which is shown once; the old one is refused from then on.'
const STATE_CHANGES: readonly (readonly [StateChange, string])[] = [
  ['pause', 'Refuse what comes with a key, until it is unpaused.'],
  ['unpause', 'End the pause of a key.'],
  ['activate', 'Take a deactivated key into use again.'],
]

/**
 * `waybill keys …`: a client's over the client library, the operator's over the records of this machine where
 * `--organization` is said. Either half is loaded only where it is wanted.
 */
export function keysCommand(io: CommandIo): Command {
  const keys = new Command('keys')
    .description('The API keys of an organization, which a key with the scope admin manages.')
    .addHelpText(
      'after',
      `
Examples:
  waybill keys create --name Reports --scopes files:read
  waybill keys rotate ak_01a20e98
  waybill keys list --organization org_123       # the operator's, beside the server`,
    )
  addCreate(io, keys)
  addList(io, keys)
  addOfOne(io, keys, 'get', 'Show all that is known of an API key, but its secret.', async (id, options) =>
    (await import('./keys/get.ts')).get(io, id, options),
  )
  addUpdate(io, keys)
  for (const [change, description] of STATE_CHANGES) {
    addOfOne(io, keys, change, description, async (id, options) =>
      (await import('./keys/change-state.ts')).changeState(io, change, id, options),
    )
  }
  addOfOne(io, keys, 'rotate', ROTATION, async (id, options) =>
    (await import('./keys/rotate.ts')).rotate(io, id, options),
  )
  addDeactivate(io, keys)
  addDelete(io, keys)
  addRevoke(io, keys)
  return keys
}

function addCreate(io: CommandIo, keys: Command): void {
  keys
    .command('create')
    .description('Create an API key, which is shown once.')
    .requiredOption('--name <name>', 'what people call it')
    .option('--scopes <list>', `${SCOPES}; all but admin when not given`, readList)
    .option('--expires-at <time>', 'such as 2030-01-31T12:00:00Z; never when not given')
    .option('--organization <id>', OPERATORS)
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      example('waybill keys create --name Reports --scopes files:read --expires-at 2030-01-31T12:00:00Z'),
    )
    .action(
      inSentences(io, async (options) => {
        if (options.organization === undefined) return (await import('./keys/create.ts')).create(io, options)
        return (await import('./keys/operator/create.ts')).create(io, options)
      }),
    )
}

function addList(io: CommandIo, keys: Command): void {
  keys
    .command('list')
    .description('List the API keys, newest first, without their secrets.')
    .option('--organization <id>', OPERATORS)
    .option('--json', 'answer in JSON')
    .addHelpText('after', example('waybill keys list'))
    .action(
      inSentences(io, async (options) => {
        if (options.organization === undefined) return (await import('./keys/list.ts')).list(io, options)
        return (await import('./keys/operator/list.ts')).list(io, options)
      }),
    )
}

function addUpdate(io: CommandIo, keys: Command): void {
  keys
    .command('update')
    .description('Change an API key; what is not said stays.')
    .argument('<id>', 'such as ak_…')
    .option('--name <name>', 'what people call it')
    .option('--scopes <list>', SCOPES, readList)
    .option('--expires-at <time>', 'such as 2030-01-31T12:00:00Z, or never')
    .option('--json', 'answer in JSON')
    .addHelpText('after', example('waybill keys update ak_01a20e98 --name Reports --expires-at never'))
    .action(
      inSentences(io, async (id, options) => (await import('./keys/update.ts')).update(io, id, options)),
    )
}

/** A command that needs to know which key, and nothing else. */
function addOfOne(
  io: CommandIo,
  keys: Command,
  name: string,
  description: string,
  action: (id: string, options: { readonly json?: boolean }) => Promise<void>,
): void {
  keys
    .command(name)
    .description(description)
    .argument('<id>', 'such as ak_…')
    .option('--json', 'answer in JSON')
    .addHelpText('after', example(`waybill keys ${name} ak_01a20e98`))
    .action(inSentences(io, action))
}

const END_SESSIONS = ['--end-sessions', 'end the unfinished uploads that it opened'] as const
const REVOKE_LINKS = ['--revoke-links', 'refuse the download URLs that it requested'] as const

function addDeactivate(io: CommandIo, keys: Command): void {
  keys
    .command('deactivate')
    .description('Refuse requests with a key until it is activated.')
    .argument('<id>', 'such as ak_…')
    .option(...END_SESSIONS)
    .option(...REVOKE_LINKS)
    .option('--json', 'answer in JSON')
    .addHelpText('after', example('waybill keys deactivate ak_01a20e98 --end-sessions --revoke-links'))
    .action(
      inSentences(io, async (id, options) =>
        (await import('./keys/deactivate.ts')).deactivate(io, id, options),
      ),
    )
}

function addDelete(io: CommandIo, keys: Command): void {
  keys
    .command('delete')
    .description(
      'Delete an API key permanently, with its unfinished uploads and its download URLs; "deactivate" can be undone.',
    )
    .argument('<id>', 'such as ak_…')
    .option('--no-end-sessions', 'keep the uploads that it opened')
    .option('--no-revoke-links', 'keep the download URLs that it requested until they expire')
    .option('--json', 'answer in JSON')
    .addHelpText('after', example('waybill keys delete ak_01a20e98'))
    .action(
      inSentences(io, async (id, options) =>
        (await import('./keys/delete-key.ts')).deleteKey(io, id, options),
      ),
    )
}

function addRevoke(io: CommandIo, keys: Command): void {
  keys
    .command('revoke')
    .description('The same as "deactivate".')
    .argument('<id>', 'such as ak_…')
    .option('--organization <id>', OPERATORS)
    .option(...END_SESSIONS)
    .option(...REVOKE_LINKS)
    .option('--json', 'answer in JSON')
    .addHelpText('after', example('waybill keys revoke ak_01a20e98'))
    .action(
      inSentences(io, async (id, options) => {
        if (options.organization !== undefined)
          return (await import('./keys/operator/revoke.ts')).revoke(io, id, options)
        return (await import('./keys/deactivate.ts')).deactivate(io, id, options)
      }),
    )
}

function example(line: string): string {
  return `\nExample:\n  ${line}`
}

function readList(text: string): string[] {
  return text.split(',').map((item) => item.trim())
}
