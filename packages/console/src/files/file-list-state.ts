import type { WaybillFile } from '@waybill/sdk'
import type { Sorting } from './sorting.ts'

/** The service searches for texts of this length or more. */
export const MIN_SEARCH_CHARACTERS = 3

export interface FileListState {
  /** Folder that is shown, such as `reports/2026`, empty for the root; null for all files of the organization. */
  readonly folder: string | null
  /** Text of the search field. A shorter text than `MIN_SEARCH_CHARACTERS` is not searched for. */
  readonly search: string
  readonly sorting: Sorting
  /** Loaded folders directly in the folder, by name. */
  readonly folders: readonly string[]
  /** Loaded files, sorted. */
  readonly files: readonly WaybillFile[]
  /** Number of all files; null when the service does not know it. */
  readonly totalCount: number | null
  /** True when the service has folders or files that are not loaded. */
  readonly hasMore: boolean
  readonly isLoading: boolean
  readonly error: Error | null
}

/** Returns true when the search text is long enough to be searched for. */
export const isSearching = ({ search }: Pick<FileListState, 'search'>): boolean =>
  [...search].length >= MIN_SEARCH_CHARACTERS

/** Returns a list before its first page is loaded. */
export function emptyList(folder: string | null, search: string, sorting: Sorting): FileListState {
  const nothing = { folders: [], files: [], totalCount: null, hasMore: true, isLoading: true, error: null }
  return { folder, search, sorting, ...nothing }
}
