import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { inSentences } from './in-sentences.ts'
import { readCount } from './read-count.ts'

const CONCURRENCY_DEFAULT = 3
const CONCURRENCY_MAX = 64

/** `waybill files …`: what the client library does. It is loaded only here, so that a server starts without it. */
export function filesCommand(io: CommandIo): Command {
  const files = new Command('files').description('Upload, list, download and delete files of a service.')
  files
    .command('upload')
    .description('Upload files; an upload that was interrupted goes on.')
    .argument('<path...>', 'files, with --recursive folders, or - for the standard input')
    .option('--name <name>', 'the name that one file gets; needed for -')
    .option('--type <type>', 'such as image/png; by the name’s ending otherwise')
    .option('-r, --recursive', 'upload what is in folders')
    .option('--concurrency <count>', 'files at once', readCount(CONCURRENCY_MAX), CONCURRENCY_DEFAULT)
    .option('--restart', 'send all of it anew, whatever an interrupted command has sent')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      `
Examples:
  waybill files upload video.mp4
  waybill files upload -r --concurrency 8 photos
  tar cz src | waybill files upload --name src.tar.gz -

Ctrl-C keeps what was sent, and the same command goes on with the rest. Ends with 0 when all is uploaded, with 1 when something
failed, and with 130 when it was interrupted.`,
    )
    .action(
      inSentences(io, async (paths, options) =>
        (await import('./files/upload.ts')).upload(io, paths, options),
      ),
    )
  files
    .command('list')
    .description('List the files, newest first.')
    .option('--limit <count>', 'maximum number of entries', readCount(1_000_000))
    .option('--json', 'answer in JSON')
    .action(inSentences(io, async (options) => (await import('./files/list.ts')).list(io, options)))
  files
    .command('get')
    .description('Show all that is known of a file.')
    .argument('<id>', 'such as file_…')
    .option('--json', 'answer in JSON')
    .action(inSentences(io, async (id, options) => (await import('./files/get.ts')).get(io, id, options)))
  files
    .command('download')
    .description('Download a file and check it; a download that was interrupted goes on.')
    .argument('<id>', 'such as file_…')
    .option('-o, --output <path>', 'a file, a folder (created if it ends in /), or - for standard output')
    .option('--force', 'replace a file that is there')
    .option('--json', 'answer in JSON')
    .addHelpText('after', '\nExample:\n  waybill files download file_01a20e98 -o backup/')
    .action(
      inSentences(io, async (id, options) => (await import('./files/download.ts')).download(io, id, options)),
    )
  files
    .command('delete')
    .description('Delete files, with their bytes.')
    .argument('<id...>', 'such as file_…')
    .option('--json', 'answer in JSON')
    .action(
      inSentences(io, async (ids, options) =>
        (await import('./files/delete-files.ts')).deleteFiles(io, ids, options),
      ),
    )
  return files
}
