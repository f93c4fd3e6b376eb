import type { ListFilesQuery, WaybillFile } from '@waybill/sdk'
import { formatByteSize } from '../byte-size.ts'
import type { CommandIo } from '../command-io.ts'
import { tableText } from '../table-text.ts'
import { openClient } from './connection.ts'
import { printable } from './printable.ts'

export interface ListCommandOptions extends Pick<ListFilesQuery, 'path' | 'search' | 'sort' | 'order'> {
  readonly folders?: boolean
  readonly type?: string
  readonly after?: string
  readonly before?: string
  readonly trashed?: boolean
  readonly limit?: number
  readonly json?: boolean
}

/** Prints files, newest first unless the options say otherwise; with `folders`, the folders before them. */
export async function list(io: CommandIo, options: ListCommandOptions): Promise<void> {
  const { limit = Number.POSITIVE_INFINITY, json } = options
  const client = await openClient(io)
  const folders: string[] = []
  const files: WaybillFile[] = []
  for await (const page of client.files.list(queryOf(options)).pages()) {
    folders.push(...(page.folders ?? []))
    files.push(...page.files)
    if (folders.length + files.length >= limit) break
  }
  folders.splice(limit)
  files.splice(Math.max(0, limit - folders.length))
  if (json) return io.print(JSON.stringify(options.folders ? { folders, files } : files))
  const rows = [
    ...folders.map((folder) => ['-', '-', '-', 'folder', `${printable(folder)}/`]),
    ...files.map((file) => [
      file.id,
      formatByteSize(file.file_size),
      file.uploaded_at.slice(0, 19).replace('T', ' '),
      file.mime_type,
      printable([file.path, file.original_filename].filter(Boolean).join('/')),
    ]),
  ]
  io.print(tableText([['ID', 'SIZE', 'UPLOADED (UTC)', 'TYPE', 'NAME'], ...rows]))
}

function queryOf({
  path,
  folders,
  search,
  type,
  after,
  before,
  sort,
  order,
  trashed,
  limit = 100,
}: ListCommandOptions): ListFilesQuery {
  return {
    limit: Math.min(limit, 100),
    ...(path !== undefined && { path }),
    ...(folders && { delimiter: '/' }),
    ...(search !== undefined && { search }),
    ...(type !== undefined && { mime_type: type }),
    ...(after !== undefined && { uploaded_after: after }),
    ...(before !== undefined && { uploaded_before: before }),
    ...(sort !== undefined && { sort }),
    ...(order !== undefined && { order }),
    ...(trashed && { state: 'trashed' }),
  }
}
