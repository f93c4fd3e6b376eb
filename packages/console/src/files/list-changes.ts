import type { ListFilesAnswer, WaybillFile } from '@waybill/sdk'
import { type FileListState, isSearching } from './file-list-state.ts'
import { childOf } from './folder-path.ts'
import { compareFiles } from './sorting.ts'

/** Adds a new file, or the folder that contains it. Leaves out what later pages will contain. */
export function withFile(state: FileListState, file: WaybillFile): FileListState {
  const { folder, files, folders, totalCount, hasMore, sorting } = state
  const path = file.path ?? ''
  const isInside =
    folder === null || path === folder || (isSearching(state) && childOf(folder, path) !== null)
  if (!isInside) {
    const child = childOf(folder, path)
    return child === null || folders.includes(child)
      ? state
      : { ...state, folders: [...folders, child].sort() }
  }
  if (files.some(({ id }) => id === file.id)) return state
  if (isSearching(state) && !file.original_filename.toLowerCase().includes(state.search.toLowerCase()))
    return state
  const found = files.findIndex((other) => compareFiles(file, other, sorting) < 0)
  const counted = { ...state, totalCount: totalCount === null ? null : totalCount + 1 }
  if (found < 0 && hasMore) return counted
  return { ...counted, files: files.toSpliced(found < 0 ? files.length : found, 0, file) }
}

/** Removes a file. Returns the same state when the file is not loaded. */
export function without(state: FileListState, id: string): FileListState {
  const { files, totalCount } = state
  const left = files.filter((file) => file.id !== id)
  if (left.length === files.length) return state
  return { ...state, files: left, totalCount: totalCount === null ? null : totalCount - 1 }
}

/** Replaces a file that is loaded. */
export function withChanged(state: FileListState, file: WaybillFile): FileListState {
  const index = state.files.findIndex(({ id }) => id === file.id)
  return index < 0 ? state : { ...state, files: state.files.with(index, file) }
}

/** Replaces a file that is loaded, and moves it where it belongs now. */
export function refreshed(state: FileListState, file: WaybillFile): FileListState {
  const before = state.files.find(({ id }) => id === file.id)
  if (before === undefined) return state
  const isInPlace = before.path === file.path && before.original_filename === file.original_filename
  return isInPlace ? withChanged(state, file) : withFile(without(state, file.id), file)
}

/** Replaces the beginning of the list by its first page, which was loaded again. Keeps what later pages had. */
export function reconciled(state: FileListState, page: ListFilesAnswer): FileListState {
  const { files, folders = [], total: totalCount, has_more: hasMore } = page
  if (!hasMore) return { ...state, files, folders, totalCount, hasMore }
  const [lastFile, lastFolder] = [files.at(-1), folders.at(-1)]
  const ids = new Set(files.map(({ id }) => id))
  const isLater = (file: WaybillFile) =>
    !ids.has(file.id) && (lastFile === undefined || compareFiles(file, lastFile, state.sorting) > 0)
  // Folders come first: a page with a file has had all of them.
  const laterFolders =
    lastFile === undefined && lastFolder !== undefined
      ? state.folders.filter((folder) => folder > lastFolder)
      : []
  return {
    ...state,
    files: [...files, ...state.files.filter(isLater)],
    folders: [...folders, ...laterFolders],
    totalCount,
  }
}
