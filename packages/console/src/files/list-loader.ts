import type { ListFilesAnswer, ListFilesQuery, Waybill, WaybillFile } from '@waybill/sdk'
import type { Store } from '../parts/store.ts'
import { type FileListState, isSearching } from './file-list-state.ts'
import { SORT_OF_COLUMN } from './sorting.ts'

/** Loads the pages of one list, one after the other, into its state. */
export interface ListLoader {
  /** Loads pages until at least `count` folders and files are loaded. Does nothing after an error. */
  loadUpTo(count: number): void
  /** Ends the loading. The state is not changed any more. */
  stop(): void
}

const PAGE_SIZE = 100
/** Minimum time between two renders while pages are loaded: each render is expensive. */
const SHOW_EVERY_MS = 150

export function createListLoader(
  client: () => Waybill,
  state: Store<FileListState>,
  onFile: (file: WaybillFile) => void,
): ListLoader {
  const stopping = new AbortController()
  const { signal } = stopping
  const query = queryOf(state.get())
  let fresh = { folders: [] as string[], files: [] as WaybillFile[] }
  let wantedCount = 0
  let cursor: string | null = null
  let hasMore = true
  let isRunning = false

  const count = () => {
    const { folders, files } = state.get()
    return folders.length + files.length + fresh.folders.length + fresh.files.length
  }
  const show = (changes: Partial<FileListState>) => {
    const { folders, files } = state.get()
    const shown = { folders: withNew(folders, fresh.folders), files: withNewFiles(files, fresh.files) }
    fresh = { folders: [], files: [] }
    state.set({ ...state.get(), ...shown, hasMore, ...changes })
  }
  const loadPages = async () => {
    let shownMs = Number.NEGATIVE_INFINITY
    while (hasMore && count() < wantedCount) {
      const page = await nextPage(client(), { ...query, ...(cursor !== null && { after: cursor }) }, signal)
      if (signal.aborted) return
      for (const file of page.files) onFile(file)
      fresh.files.push(...page.files)
      fresh.folders.push(...(page.folders ?? []))
      hasMore = page.has_more
      if (cursor === null) state.set({ ...state.get(), totalCount: page.total })
      cursor = page.next_cursor
      if (performance.now() - shownMs < SHOW_EVERY_MS) continue
      show({})
      shownMs = performance.now()
    }
  }
  const load = async () => {
    if (isRunning || signal.aborted || state.get().error !== null) return
    isRunning = true
    if (hasMore && count() < wantedCount) state.set({ ...state.get(), isLoading: true })
    const error = await loadPages().then(
      () => null,
      (failure: Error) => failure,
    )
    isRunning = false
    if (!signal.aborted) show({ isLoading: false, error })
  }
  return {
    loadUpTo: (wanted) => {
      if (wanted <= wantedCount) return
      wantedCount = wanted
      if (hasMore) void load()
    },
    stop: () => stopping.abort(),
  }
}

function queryOf(state: FileListState): ListFilesQuery {
  const { folder, search } = state
  const { column, isDescending } = state.sorting
  const isSearch = isSearching(state)
  const sort = SORT_OF_COLUMN[column] ?? 'uploaded_at'
  return {
    limit: PAGE_SIZE,
    sort,
    order: isDescending ? 'desc' : 'asc',
    ...(isSearch && { search }),
    ...(folder !== null && !isSearch && { path: folder, delimiter: '/' as const }),
    ...(folder !== null && folder !== '' && isSearch && { path: folder }),
  }
}

/** Loads the first page of what the state shows. */
export const firstPage = (client: Waybill, state: FileListState): Promise<ListFilesAnswer> =>
  nextPage(client, queryOf(state), undefined)

async function nextPage(client: Waybill, query: ListFilesQuery, signal: AbortSignal | undefined) {
  for await (const page of client.files.list(query, signal && { signal }).pages()) return page
  throw new Error('The service returned a list without a page.')
}

/** Adds the folders that are not in the list yet, as those of new files are. */
function withNew(folders: readonly string[], added: readonly string[]): readonly string[] {
  if (added.length === 0) return folders
  return [...new Set([...folders, ...added])].sort()
}

/** Adds the files that are not in the list yet, as those just uploaded are. */
function withNewFiles(files: readonly WaybillFile[], added: readonly WaybillFile[]): readonly WaybillFile[] {
  if (added.length === 0) return files
  const ids = new Set(files.map(({ id }) => id))
  return [...files, ...added.filter(({ id }) => !ids.has(id))]
}
