import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { readCount } from './read-count.ts'
import { withReadableErrors } from './with-readable-errors.ts'

const CONCURRENCY_DEFAULT = 3
const CONCURRENCY_MAX = 64
const MAX_DAYS = 365
const MAX_RESULTS = 50
const STORE = 'such as vs_…'

/** `waybill stores …`: uses the client library, which is loaded only when a command runs. */
export function storesCommand(io: CommandIo): Command {
  const stores = new Command('stores').description('Make files searchable in vector stores, and search them.')
  addCreate(io, stores)
  stores
    .command('list')
    .description('List vector stores, newest first.')
    .option('--search <text>', 'only stores with this text in their name or description')
    .option('--limit <count>', 'maximum number of entries', readCount(1_000_000))
    .option('--json', 'print JSON')
    .action(withReadableErrors(io, async (options) => (await import('./stores/list.ts')).list(io, options)))
  addAdd(io, stores)
  stores
    .command('status')
    .description('Show a vector store with its unfinished and failed files, or the progress of one file.')
    .argument('<store>', STORE)
    .argument('[file]', 'such as file_…')
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (store, file, options) =>
        (await import('./stores/status.ts')).status(io, store, file ?? null, options),
      ),
    )
  addSearch(io, stores)
  stores
    .command('delete')
    .description('Delete vector stores. Their files stay.')
    .argument('<id...>', STORE)
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (ids, options) => {
        const { changeEach, deletion } = await import('./files/change-each.ts')
        await changeEach(
          io,
          ids,
          options,
          deletion(({ vectorStores }, id) => vectorStores.delete(id)),
        )
      }),
    )
  return stores
}

function addCreate(io: CommandIo, stores: Command): void {
  stores
    .command('create')
    .description('Create a vector store.')
    .argument('<name>', 'display name')
    .option('--description <text>', 'description for people')
    .option('--private', 'only for this key and for keys with the scope admin')
    .option('--expires-after <days>', 'days without use after which the store expires', readCount(MAX_DAYS))
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (name, options) =>
        (await import('./stores/create.ts')).create(io, name, options),
      ),
    )
}

function addAdd(io: CommandIo, stores: Command): void {
  stores
    .command('add')
    .description('Add files to a vector store, and wait until they can be searched.')
    .argument('<store>', STORE)
    .argument('<file...>', 'ids such as file_…, or paths of files to upload; with --recursive also folders')
    .option('-r, --recursive', 'upload the contents of folders')
    .option(
      '--concurrency <count>',
      'files uploaded and awaited at the same time',
      readCount(CONCURRENCY_MAX),
      CONCURRENCY_DEFAULT,
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  waybill stores add vs_01a20e98 contract.pdf notes.md
  waybill stores add vs_01a20e98 file_01a20e98

Exit codes: 0 all files can be searched, 1 some files failed.`,
    )
    .action(
      withReadableErrors(io, async (store, files, options) =>
        (await import('./stores/add.ts')).add(io, store, files, options),
      ),
    )
}

function addSearch(io: CommandIo, stores: Command): void {
  stores
    .command('search')
    .description('Search vector stores. The best result comes first.')
    .argument('<store>', `${STORE}; several are separated by commas`)
    .argument('<query...>', 'words or a question')
    .option('--limit <count>', 'maximum number of results; default: 10', readCount(MAX_RESULTS))
    .option('--json', 'print JSON, with the complete passages')
    .addHelpText('after', '\nExample:\n  waybill stores search vs_01a20e98 when does the contract end')
    .action(
      withReadableErrors(io, async (store, words, options) =>
        (await import('./stores/search.ts')).search(io, store.split(','), words.join(' '), options),
      ),
    )
}
