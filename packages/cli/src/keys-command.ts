import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import type { StateChange } from './keys/change-state.ts'
import { withReadableErrors } from './with-readable-errors.ts'

const OPERATORS =
  'for the operator: work on the database of this machine instead of a service; such as org_123'
const SCOPES =
  'comma-separated list of files:read, files:write, vector_stores:read, vector_stores:write, models:use and admin'
const ROTATION =
  'Replace the secret of an API key. The new secret is shown only once; the old one stops working.'
const S3_CREDENTIALS =
  'Issue credentials of a key for clients of S3. Their secret is shown only once; earlier ones of the key end.'
const NO_S3_CREDENTIALS = 'End the S3 credentials of a key, and the URLs that were presigned with them.'
const STATE_CHANGES: readonly (readonly [StateChange, string])[] = [
  ['pause', 'Refuse requests with a key until it is unpaused.'],
  ['unpause', 'Accept requests with a paused key again.'],
  ['activate', 'Accept requests with a deactivated key again.'],
]

/**
 * `waybill keys …`: calls the service with the client library. With `--organization`, the operator's commands work on
 * the database of this machine instead. Each command loads only the code that it needs.
 */
export function keysCommand(io: CommandIo): Command {
  const keys = new Command('keys')
    .description('Manage the API keys of an organization. Needs a key with the scope admin.')
    .addHelpText(
      'after',
      `
Examples:
  waybill keys create --name Reports --scopes files:read
  waybill keys rotate ak_01a20e98
  waybill keys list --organization org_123       # as the operator, on the server's machine`,
    )
  addCreate(io, keys)
  addList(io, keys)
  addKeyCommand(io, keys, 'get', 'Show the details of an API key, without its secret.', async (id, options) =>
    (await import('./keys/get.ts')).get(io, id, options),
  )
  addUpdate(io, keys)
  for (const [change, description] of STATE_CHANGES) {
    addKeyCommand(io, keys, change, description, async (id, options) =>
      (await import('./keys/change-state.ts')).changeState(io, change, id, options),
    )
  }
  addKeyCommand(io, keys, 'rotate', ROTATION, async (id, options) =>
    (await import('./keys/rotate.ts')).rotate(io, id, options),
  )
  addKeyCommand(io, keys, 's3-credentials', S3_CREDENTIALS, async (id, options) =>
    (await import('./keys/create-s3-credentials.ts')).createS3Credentials(io, id, options),
  )
  addKeyCommand(io, keys, 'delete-s3-credentials', NO_S3_CREDENTIALS, async (id, options) =>
    (await import('./keys/delete-s3-credentials.ts')).deleteS3Credentials(io, id, options),
  )
  addDeactivate(io, keys)
  addDelete(io, keys)
  addRevoke(io, keys)
  return keys
}

function addCreate(io: CommandIo, keys: Command): void {
  keys
    .command('create')
    .description('Create an API key. It is shown only once.')
    .requiredOption('--name <name>', 'display name')
    .option('--scopes <list>', `${SCOPES}; default: all but admin`, readList)
    .option('--expires-at <time>', 'such as 2030-01-31T12:00:00Z; default: never')
    .option('--organization <id>', OPERATORS)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      example('waybill keys create --name Reports --scopes files:read --expires-at 2030-01-31T12:00:00Z'),
    )
    .action(
      withReadableErrors(io, async (options) => {
        if (options.organization === undefined) return (await import('./keys/create.ts')).create(io, options)
        return (await import('./keys/operator/create.ts')).create(io, options)
      }),
    )
}

function addList(io: CommandIo, keys: Command): void {
  keys
    .command('list')
    .description('List API keys, newest first, without their secrets.')
    .option('--organization <id>', OPERATORS)
    .option('--json', 'print JSON')
    .addHelpText('after', example('waybill keys list'))
    .action(
      withReadableErrors(io, async (options) => {
        if (options.organization === undefined) return (await import('./keys/list.ts')).list(io, options)
        return (await import('./keys/operator/list.ts')).list(io, options)
      }),
    )
}

function addUpdate(io: CommandIo, keys: Command): void {
  keys
    .command('update')
    .description('Change the given properties of an API key.')
    .argument('<id>', 'such as ak_…')
    .option('--name <name>', 'display name')
    .option('--scopes <list>', SCOPES, readList)
    .option('--expires-at <time>', 'such as 2030-01-31T12:00:00Z, or never')
    .option('--json', 'print JSON')
    .addHelpText('after', example('waybill keys update ak_01a20e98 --name Reports --expires-at never'))
    .action(
      withReadableErrors(io, async (id, options) =>
        (await import('./keys/update.ts')).update(io, id, options),
      ),
    )
}

/** Adds a command whose only argument is the id of a key. */
function addKeyCommand(
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
    .option('--json', 'print JSON')
    .addHelpText('after', example(`waybill keys ${name} ak_01a20e98`))
    .action(withReadableErrors(io, action))
}

const END_SESSIONS = ['--end-sessions', 'also cancel the unfinished uploads that the key opened'] as const
const REVOKE_LINKS = [
  '--revoke-links',
  'also refuse the download URLs and share links that were created with the key',
] as const

function addDeactivate(io: CommandIo, keys: Command): void {
  keys
    .command('deactivate')
    .description('Refuse requests with a key until it is activated.')
    .argument('<id>', 'such as ak_…')
    .option(...END_SESSIONS)
    .option(...REVOKE_LINKS)
    .option('--json', 'print JSON')
    .addHelpText('after', example('waybill keys deactivate ak_01a20e98 --end-sessions --revoke-links'))
    .action(
      withReadableErrors(io, async (id, options) =>
        (await import('./keys/deactivate.ts')).deactivate(io, id, options),
      ),
    )
}

function addDelete(io: CommandIo, keys: Command): void {
  keys
    .command('delete')
    .description(
      'Delete an API key permanently, cancel its unfinished uploads and refuse its download URLs and share links. Use "deactivate" to be able to undo it.',
    )
    .argument('<id>', 'such as ak_…')
    .option('--no-end-sessions', 'keep the unfinished uploads that the key opened')
    .option(
      '--no-revoke-links',
      'accept the download URLs and share links that were created with the key until they expire',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', example('waybill keys delete ak_01a20e98'))
    .action(
      withReadableErrors(io, async (id, options) =>
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
    .option('--json', 'print JSON')
    .addHelpText('after', example('waybill keys revoke ak_01a20e98'))
    .action(
      withReadableErrors(io, async (id, options) => {
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
