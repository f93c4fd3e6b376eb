import type { Waybill, WaybillFile } from '@waybill/sdk'
import { createStore, type Store } from '../parts/store.ts'
import { createFileCollection, type FileCollection } from './file-collection.ts'
import { compareBy, type FileEntry, mergeSorted, NEWEST_FIRST, type Sorting } from './sorting.ts'

export interface FileListState {
  /** Loaded files that match the search, sorted. */
  readonly rows: readonly FileEntry[]
  readonly loadedCount: number
  /** Number of all files; null before the first page is loaded. */
  readonly totalCount: number | null
  readonly isLoading: boolean
  readonly error: Error | null
  readonly search: string
  readonly sorting: Sorting
}

/** The organization's files. Loads pages as the user scrolls. A search or another sorting loads all pages. */
export interface FileList {
  readonly state: Store<FileListState>
  /** Loads pages until at least `count` files, or all files, are loaded. */
  loadUpTo(count: number): void
  search(text: string): void
  sort(sorting: Sorting): void
  /** Adds a file that was just uploaded. */
  add(file: WaybillFile): void
  /**
   * Deletes the files, at most four at a time. Tries all of them, then rejects with the first error if there was one.
   */
  remove(ids: ReadonlySet<string>): Promise<void>
  find(id: string): WaybillFile | null
  /** Loads the list again from its start, also after an error. */
  reload(): void
}

const PAGE_SIZE = 100
const MAX_DELETIONS = 4
/** Minimum time between two renders while pages are loaded: each render is expensive. */
const SHOW_EVERY_MS = 150

const EMPTY: FileListState = {
  rows: [],
  loadedCount: 0,
  totalCount: null,
  isLoading: false,
  error: null,
  search: '',
  sorting: NEWEST_FIRST,
}

export function createFileList(client: () => Waybill, onRemoved: () => void): FileList {
  const state = createStore(EMPTY)
  let wantedCount = 0
  const openLoader = () => createLoader(client, state, () => wantedCount)
  let loader = openLoader()

  /** Computes all rows again after a change of the search or the sorting. */
  const arrange = (changes: Partial<Pick<FileListState, 'search' | 'sorting'>>) => {
    const { search, sorting } = { ...state.get(), ...changes }
    loader.files.takeFresh()
    const rows = loader.files.all().filter((entry) => matches(entry, search))
    change(state, { search, sorting, rows: rows.sort(compareBy(sorting)) })
    void loader.load()
  }
  const drop = (id: string) => {
    if (!loader.files.remove(id)) return
    const { rows, totalCount } = state.get()
    change(state, {
      rows: rows.filter(({ file }) => file.id !== id),
      loadedCount: loader.files.count(),
      totalCount: totalCount === null ? null : totalCount - 1,
    })
  }
  return {
    state,
    loadUpTo: (count) => {
      wantedCount = Math.max(wantedCount, count)
      void loader.load()
    },
    search: (search) => arrange({ search }),
    sort: (sorting) => arrange({ sorting }),
    add: (file) => {
      if (loader.files.find(file.id) !== null) return
      const { totalCount } = state.get()
      loader.files.add([file])
      change(state, { totalCount: totalCount === null ? null : totalCount + 1 })
      showFresh(state, loader.files)
    },
    remove: (ids) => removeAll(client(), [...ids], drop).finally(onRemoved),
    find: (id) => loader.files.find(id)?.file ?? null,
    reload: () => {
      const { search, sorting } = state.get()
      loader.stop()
      loader = openLoader()
      change(state, { ...EMPTY, search, sorting })
      void loader.load()
    },
  }
}

interface Loader {
  readonly files: FileCollection
  /** Loads pages until the wanted number of files is loaded, or all files if the search or the sorting needs them. */
  load(): Promise<void>
  stop(): void
}

/** Loads one page after the other and updates `state`. */
function createLoader(client: () => Waybill, state: Store<FileListState>, wantedCount: () => number): Loader {
  const files = createFileCollection()
  let cursor: string | null = null
  let hasMore = true
  let isStopped = false

  const isEnough = () => {
    const { search, sorting } = state.get()
    const needsAll = search !== '' || sorting !== NEWEST_FIRST
    return !hasMore || (!needsAll && files.count() >= wantedCount())
  }
  const loadPages = async () => {
    let shownMs = performance.now()
    while (!isEnough()) {
      const page = await nextPage(client(), cursor)
      if (isStopped) return
      files.add(page.files)
      hasMore = page.has_more
      cursor = page.next_cursor
      const isFirst = state.get().totalCount === null
      if (isFirst) change(state, { totalCount: page.total })
      if (!isFirst && performance.now() - shownMs < SHOW_EVERY_MS) continue
      showFresh(state, files)
      shownMs = performance.now()
    }
    showFresh(state, files)
    change(state, hasMore ? {} : { totalCount: files.count() })
  }
  const load = async () => {
    if (state.get().isLoading || state.get().error !== null || isEnough()) return
    change(state, { isLoading: true })
    const error = await loadPages().then(
      () => null,
      (failure: Error) => failure,
    )
    if (!isStopped) change(state, { isLoading: false, error })
  }
  return {
    files,
    load,
    stop: () => {
      isStopped = true
    },
  }
}

function change(state: Store<FileListState>, changes: Partial<FileListState>): void {
  state.set({ ...state.get(), ...changes })
}

/** Adds the newly loaded files to the rows. */
function showFresh(state: Store<FileListState>, files: FileCollection): void {
  const { rows, search, sorting } = state.get()
  const compare = compareBy(sorting)
  const found = files.takeFresh().filter((entry) => matches(entry, search))
  change(state, { rows: mergeSorted(rows, found.sort(compare), compare), loadedCount: files.count() })
}

const matches = ({ name }: FileEntry, search: string): boolean => name.includes(search.toLowerCase())

async function nextPage(client: Waybill, after: string | null) {
  const pages = client.files.list({ limit: PAGE_SIZE, ...(after === null ? {} : { after }) }).pages()
  for await (const page of pages) return page
  throw new Error('The service returned a list without a page.')
}

async function removeAll(client: Waybill, ids: string[], onRemoved: (id: string) => void): Promise<void> {
  let failure: Error | null = null
  const work = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      try {
        await client.files.delete(id)
        onRemoved(id)
      } catch (error) {
        failure ??= error as Error
      }
    }
  }
  await Promise.all(Array.from({ length: MAX_DELETIONS }, work))
  if (failure !== null) throw failure
}
