import type { VectorStore, VectorStoreFile } from '@waybill/sdk'
import type { CommandIo } from '../command-io.ts'
import { factsText } from '../facts-text.ts'
import { openClient } from '../files/connection.ts'
import { printable } from '../files/printable.ts'
import { tableText } from '../table-text.ts'

const MAX_SHOWN = 100

/** Prints a vector store with its files that are not completed; with a file id, the progress of this file. */
export async function status(
  io: CommandIo,
  storeId: string,
  fileId: string | null,
  { json }: { readonly json?: boolean },
): Promise<void> {
  const { vectorStores } = await openClient(io)
  if (fileId !== null) {
    const progress = await vectorStores.files.status(storeId, fileId)
    return io.print(json ? JSON.stringify(progress) : factsText(progress))
  }
  const store = await vectorStores.get(storeId)
  const files: VectorStoreFile[] = []
  const query = { status: 'pending,processing,failed', page_size: MAX_SHOWN }
  for await (const file of vectorStores.files.list(storeId, query)) {
    files.push(file)
    if (files.length >= MAX_SHOWN) break
  }
  if (json) return io.print(JSON.stringify({ ...store, unfinished_files: files }))
  io.print(`${printable(store.name)}: ${countsText(store)}`)
  if (files.length === 0) return
  const rows = files.map((file) => [
    file.file_id,
    file.processing_status,
    printable(file.file_name ?? ''),
    printable(file.error_message ?? ''),
  ])
  io.print(tableText([['FILE', 'STATE', 'NAME', 'REASON'], ...rows]))
}

function countsText({ file_counts, is_active }: VectorStore): string {
  if (!is_active) return 'expired'
  const { total, completed, in_progress, failed, cancelled } = file_counts
  return `${total} files, ${completed} completed, ${in_progress} in progress, ${failed + cancelled} failed`
}
