import { Command } from 'commander'
import type { CommandIo } from './command-io.ts'
import { readCount } from './read-count.ts'
import { withReadableErrors } from './with-readable-errors.ts'

const CONCURRENCY_DEFAULT = 3
const CONCURRENCY_MAX = 64

/** `waybill files …`: uses the client library, which is loaded only when a command runs: a server starts without it. */
export function filesCommand(io: CommandIo): Command {
  const files = new Command('files').description('Upload, list, download and delete files.')
  addUpload(files, io)
  addList(files, io)
  addGet(files, io)
  addDownload(files, io)
  addDelete(files, io)
  return files
}

function addUpload(files: Command, io: CommandIo): void {
  files
    .command('upload')
    .description('Upload files. Interrupted uploads resume.')
    .argument('<path...>', 'files; with --recursive also folders; - is standard input')
    .option('--name <name>', 'file name in the service, for a single file; required for -')
    .option('--type <type>', 'content type such as image/png; default: from the file extension')
    .option('-r, --recursive', 'upload the contents of folders')
    .option(
      '--concurrency <count>',
      'files uploaded at the same time',
      readCount(CONCURRENCY_MAX),
      CONCURRENCY_DEFAULT,
    )
    .option('--restart', 'start over instead of resuming an interrupted upload')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  waybill files upload video.mp4
  waybill files upload -r --concurrency 8 photos
  tar cz src | waybill files upload --name src.tar.gz -

After Ctrl-C, run the same command again to resume.
Exit codes: 0 all files uploaded, 1 some files failed, 130 interrupted.`,
    )
    .action(
      withReadableErrors(io, async (paths, options) =>
        (await import('./files/upload.ts')).upload(io, paths, options),
      ),
    )
}

function addList(files: Command, io: CommandIo): void {
  files
    .command('list')
    .description('List files, newest first.')
    .option('--limit <count>', 'maximum number of entries', readCount(1_000_000))
    .option('--json', 'print JSON')
    .action(withReadableErrors(io, async (options) => (await import('./files/list.ts')).list(io, options)))
}

function addGet(files: Command, io: CommandIo): void {
  files
    .command('get')
    .description('Show the details of a file.')
    .argument('<id>', 'such as file_…')
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (id, options) => (await import('./files/get.ts')).get(io, id, options)),
    )
}

function addDownload(files: Command, io: CommandIo): void {
  files
    .command('download')
    .description('Download a file and verify its checksum. Interrupted downloads resume.')
    .argument('<id>', 'such as file_…')
    .option(
      '-o, --output <path>',
      'a file, a folder (created if the path ends in /), or - for standard output',
    )
    .option('--force', 'overwrite an existing file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  waybill files download file_01a20e98 -o backup/')
    .action(
      withReadableErrors(io, async (id, options) =>
        (await import('./files/download.ts')).download(io, id, options),
      ),
    )
}

function addDelete(files: Command, io: CommandIo): void {
  files
    .command('delete')
    .description('Delete files permanently.')
    .argument('<id...>', 'such as file_…')
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (ids, options) =>
        (await import('./files/delete-each.ts')).deleteEach(io, ids, options, ({ files }, id) =>
          files.delete(id),
        ),
      ),
    )
}
