import type { WaybillFile } from '@waybill/sdk'
import type { FileListState } from './file-list-state.ts'

/** Row of the table: a folder, or a file. */
export type ListRow =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly file: WaybillFile }

/** Rows that are shown as placeholders while the number of further rows is not known. */
const PLACEHOLDERS = 12

/** Returns the row, folders before files; null until it is loaded. */
export function rowAt({ folders, files }: FileListState, index: number): ListRow | null {
  const path = folders[index]
  if (path !== undefined) return { kind: 'folder', path }
  const file = files[index - folders.length]
  return file === undefined ? null : { kind: 'file', file }
}

/** Returns the number of rows. It includes those that are not loaded yet, so that the scroll bar is right. */
export function rowCountOf({ folders, files, totalCount, hasMore, error }: FileListState): number {
  const loaded = folders.length + files.length
  if (!hasMore || error !== null) return loaded
  return totalCount === null ? loaded + PLACEHOLDERS : Math.max(totalCount, loaded)
}
