import { Command, Option } from 'commander'
import type { CommandIo } from './command-io.ts'
import { readCount } from './read-count.ts'
import { readDuration } from './read-duration.ts'
import { readRate } from './read-rate.ts'
import { withReadableErrors } from './with-readable-errors.ts'

const CONCURRENCY_DEFAULT = 3
const CONCURRENCY_MAX = 64
const PARALLEL_MAX = 16
const DOWNLOADS_MAX = 9_999_999

/** `waybill files …`: uses the client library, which is loaded only when a command runs: a server starts without it. */
export function filesCommand(io: CommandIo): Command {
  const files = new Command('files').description(
    'Upload, synchronize, list, move, download, share and delete files.',
  )
  addUpload(files, io)
  addSync(files, io)
  addList(files, io)
  addGet(files, io)
  addMove(files, io)
  addDownload(files, io)
  addDelete(files, io)
  addRestore(files, io)
  addShare(files, io)
  addLinks(files, io)
  addUnshare(files, io)
  return files
}

function concurrencyOption(verb: string): Option {
  return new Option('--concurrency <count>', `files ${verb} at the same time`)
    .argParser(readCount(CONCURRENCY_MAX))
    .default(CONCURRENCY_DEFAULT)
}

function limitRateOption(): Option {
  const description = 'bytes per second of all files together, such as 500kB or 2MB'
  return new Option('--limit-rate <size>', description).argParser(readRate)
}

function addUpload(files: Command, io: CommandIo): void {
  files
    .command('upload')
    .description('Upload files. Interrupted uploads resume.')
    .argument('<path...>', 'files; with --recursive also folders; - is standard input')
    .option('--name <name>', 'file name in the service, for a single file; required for -')
    .option('--type <type>', 'content type such as image/png; default: from the file extension')
    .option('-r, --recursive', 'upload the contents of folders, and keep the folders')
    .option('--path <folder>', 'folder in the service, such as reports/2026')
    .option('--instant', 'hash each file first, and send no bytes that the organization has stored already')
    .option(
      '--parallel <count>',
      'connections for each file of 32 MiB or more, which then cannot resume in another run',
      readCount(PARALLEL_MAX),
    )
    .addOption(concurrencyOption('uploaded'))
    .addOption(limitRateOption())
    .option('--restart', 'start over instead of resuming an interrupted upload')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  waybill files upload video.mp4
  waybill files upload -r --concurrency 8 photos
  waybill files upload --path reports/2026 january.pdf
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

function addSync(files: Command, io: CommandIo): void {
  files
    .command('sync')
    .description('Upload the new and changed files of a folder, with its folders.')
    .argument('<folder>', 'folder of this machine')
    .option('--path <folder>', 'folder in the service, such as reports/2026; default: the root')
    .option('--delete', 'move the files of --path that the folder does not have to the trash')
    .option('--dry-run', 'print what would be done, and change nothing')
    .addOption(concurrencyOption('compared and uploaded'))
    .addOption(limitRateOption())
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  waybill files sync photos --path photos
  waybill files sync build --path site --delete --dry-run

Files are compared by size and checksum. Replaced and deleted files go to the trash.
After Ctrl-C, run the same command again to continue.
Exit codes: 0 the service has all files, 1 some files failed, 130 interrupted.`,
    )
    .action(
      withReadableErrors(io, async (folder, options) =>
        (await import('./files/sync.ts')).sync(io, folder, options),
      ),
    )
}

function addList(files: Command, io: CommandIo): void {
  files
    .command('list')
    .description('List files, newest first, or search them.')
    .option('--path <folder>', 'files in this folder and below it')
    .option('--folders', 'list the folder of --path, or the root: its folders and files only')
    .option('--search <text>', 'files with this text in their name, at least 3 characters')
    .option('--type <type>', 'files of a content type such as image/png or image/*')
    .option('--after <time>', 'files uploaded later, such as 2026-11-01T00:00:00Z')
    .option('--before <time>', 'files uploaded earlier')
    .addOption(
      new Option('--sort <order>', 'order of the files')
        .choices(['uploaded_at', 'filename', 'file_size'])
        .default('uploaded_at'),
    )
    .addOption(new Option('--order <order>', 'default: desc; asc for filename').choices(['asc', 'desc']))
    .option('--trashed', 'list the trash, newest first')
    .option('--limit <count>', 'maximum number of entries', readCount(1_000_000))
    .option('--json', 'print JSON')
    .action(withReadableErrors(io, async (options) => (await import('./files/list.ts')).list(io, options)))
}

function addMove(files: Command, io: CommandIo): void {
  files
    .command('move')
    .description('Move a file to a folder, and rename it, or give a folder another path.')
    .argument('<file>', 'such as file_…, or a folder that ends in /, with all files below it')
    .argument('<folder>', 'such as reports/2026; / is the root')
    .option('--name <name>', 'new name of the file')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  waybill files move file_01a20e98 reports/2026 --name january.pdf
  waybill files move drafts/ reports/2026/

Files of a folder are moved one by one. After an interruption, run the same command again to move the others.
Do not repeat it when the folder has one of its own name in it and moves into the one above it, such as a/a/ to a
with a/a/a/: files of that one would move twice.`,
    )
    .action(
      withReadableErrors(io, async (moved, folder, options) => {
        if (!moved.endsWith('/')) return (await import('./files/move.ts')).move(io, moved, folder, options)
        if (options.name !== undefined) throw new Error('--name is for a single file.')
        await (await import('./files/move-folder.ts')).moveFolder(io, moved, folder, options)
      }),
    )
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
    .description('Download files and verify their checksums. Interrupted downloads resume.')
    .argument('<id...>', 'such as file_…')
    .option(
      '-o, --output <path>',
      'a file, a folder (created if the path ends in /), or - for standard output',
    )
    .addOption(concurrencyOption('downloaded'))
    .addOption(limitRateOption())
    .option('--force', 'overwrite an existing file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  waybill files download file_01a20e98 -o backup/')
    .action(
      withReadableErrors(io, async (ids, options) =>
        (await import('./files/download.ts')).download(io, ids, options),
      ),
    )
}

function addDelete(files: Command, io: CommandIo): void {
  files
    .command('delete')
    .description('Move files to the trash, where the service keeps them for some days.')
    .argument('<id...>', 'such as file_…')
    .option('--permanent', 'delete the files at once, also those in the trash')
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (ids, options) =>
        (await import('./files/delete.ts')).deleteFiles(io, ids, options),
      ),
    )
}

function addRestore(files: Command, io: CommandIo): void {
  files
    .command('restore')
    .description('Move files out of the trash. They do not return to their vector stores.')
    .argument('<id...>', 'such as file_…')
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (ids, options) =>
        (await import('./files/change-each.ts')).changeEach(io, ids, options, {
          name: 'restored',
          textOf: (id) => `Restored ${id}.`,
          apply: ({ files }, id) => files.restore(id),
        }),
      ),
    )
}

function addShare(files: Command, io: CommandIo): void {
  files
    .command('share')
    .description('Create a public link to a file and print its URL, which cannot be shown again.')
    .argument('<id>', 'such as file_…')
    .option('--expires <duration>', 'such as 30m, 12h or 7d; default: the link does not expire', readDuration)
    .option(
      '--max-downloads <count>',
      'downloads that the link allows; default: any',
      readCount(DOWNLOADS_MAX),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  waybill files share file_01a20e98 --expires 7d --max-downloads 10')
    .action(
      withReadableErrors(io, async (id, options) =>
        (await import('./files/share.ts')).share(io, id, options),
      ),
    )
}

function addLinks(files: Command, io: CommandIo): void {
  files
    .command('links')
    .description('List the public links of a file, newest first.')
    .argument('<id>', 'such as file_…')
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (id, options) =>
        (await import('./files/links.ts')).links(io, id, options),
      ),
    )
}

function addUnshare(files: Command, io: CommandIo): void {
  files
    .command('unshare')
    .description('Delete public links of a file, so that their URLs are refused.')
    .argument('<id>', 'such as file_…')
    .argument('<link...>', 'such as lnk_…')
    .option('--json', 'print JSON')
    .action(
      withReadableErrors(io, async (id, links, options) => {
        const { changeEach, deletion } = await import('./files/change-each.ts')
        await changeEach(
          io,
          links,
          options,
          deletion(({ files }, link) => files.links.delete(id, link)),
        )
      }),
    )
}
