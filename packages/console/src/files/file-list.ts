import type { UpdateFileBody, Waybill, WaybillEvent, WaybillFile } from '@waybill/sdk'
import { createStore, type Store } from '../parts/store.ts'
import { createThrottle } from '../parts/throttle.ts'
import { emptyList, type FileListState, isSearching } from './file-list-state.ts'
import { reconciled, refreshed, withChanged, withFile, without } from './list-changes.ts'
import { createListLoader, firstPage, type ListLoader } from './list-loader.ts'
import { NEWEST_FIRST, type Sorting } from './sorting.ts'

/**
 * A folder of the organization, all of its files, or the results of a search. Loads pages as the user scrolls; the
 * service searches and sorts.
 */
export interface FileList {
  readonly state: Store<FileListState>
  /** Shows a folder, or all files with null. A search goes on only among all files. */
  show(folder: string | null): void
  /** Loads pages until at least `count` folders and files, or all of them, are loaded. */
  loadUpTo(count: number): void
  /** Searches below the folder that is shown, a short time after the last call. */
  search(text: string): void
  sort(sorting: Sorting): void
  /** Adds a file that was just uploaded or restored, if it belongs to what is shown. */
  add(file: WaybillFile): void
  /** Renames or moves the files, or replaces their metadata, at most four at a time. Tries all of them. */
  update(ids: ReadonlySet<string>, body: UpdateFileBody): Promise<Changed>
  /** Moves the files of a folder and below it, until the signal aborts; see `files.moveFolder` of the client library. */
  moveFolder(from: string, to: string, signal: AbortSignal, onMoved: () => void): Promise<void>
  /** Moves the files to the trash, at most four at a time. Tries all of them. */
  remove(ids: ReadonlySet<string>): Promise<Changed>
  /**
   * Moves the files out of the trash, at most four at a time. Tries all of them, then rejects with the first error if
   * there was one.
   */
  restore(ids: readonly string[]): Promise<void>
  /** Returns a file that was loaded in this or an earlier view; null when it is not known, or known to be gone. */
  find(id: string): WaybillFile | null
  /** Loads a file, which others may have changed, and shows it as it is now. */
  get(id: string, signal: AbortSignal): Promise<WaybillFile>
  /** Loads the list again from its start, also after an error. */
  reload(): void
  /** Shows what the events tell; with null, anything may have changed. */
  apply(events: readonly WaybillEvent[] | null): void
}

/** Files that were changed, and the first error if there was one. */
export interface Changed {
  readonly changed: readonly string[]
  readonly failure: Error | null
}

/** Entries that are loaded before the user scrolls. */
const FIRST_COUNT = 200
const MAX_CHANGES = 4
const CHECK_EVERY_MS = 1000
/** Time without another key press after which a search begins. */
const SEARCH_DELAY_MS = 250

export function createFileList(
  client: () => Waybill,
  onChanged: () => void,
  firstFolder: string | null = '',
): FileList {
  const state = createStore<FileListState>(emptyList(firstFolder, '', NEWEST_FIRST))
  const known = new Map<string, WaybillFile>()
  const open = () => createListLoader(client, state, (file) => known.set(file.id, file))
  let loader: ListLoader = open()
  let searching: ReturnType<typeof setTimeout> | undefined

  const restart = (folder: string | null, search: string, sorting: Sorting) => {
    clearTimeout(searching)
    loader.stop()
    state.set(emptyList(folder, search, sorting))
    loader = open()
    loader.loadUpTo(FIRST_COUNT)
  }
  const reload = () => {
    const { folder, search, sorting } = state.get()
    restart(folder, search, sorting)
  }
  const drop = (id: string) => state.set(without(state.get(), id))
  const add = (file: WaybillFile) => {
    known.set(file.id, file)
    state.set(withFile(state.get(), file))
  }
  return {
    state,
    show: (folder) => {
      const { search, sorting } = state.get()
      if (folder !== state.get().folder) restart(folder, folder === null ? search : '', sorting)
      else loader.loadUpTo(FIRST_COUNT)
    },
    loadUpTo: (count) => loader.loadUpTo(count),
    search: (search) => {
      const now = state.get()
      const isNewSearch = isSearching(now) || isSearching({ search })
      state.set({ ...now, search, isLoading: now.isLoading || isNewSearch })
      clearTimeout(searching)
      if (isNewSearch) searching = setTimeout(reload, SEARCH_DELAY_MS)
    },
    sort: (sorting) => restart(state.get().folder, state.get().search, sorting),
    add,
    update: (ids, body) =>
      forEach([...ids], async (id) => {
        const file = await client().files.update(id, body)
        drop(id)
        add(file)
      }),
    moveFolder: async (from, to, signal, onMoved) => {
      await client().files.moveFolder(from, to, {
        signal,
        onMoved: (file) => {
          drop(file.id)
          add(file)
          onMoved()
        },
      })
    },
    remove: async (ids) => {
      const result = await forEach([...ids], async (id) => {
        await client().files.trash(id)
        drop(id)
      })
      onChanged()
      return result
    },
    restore: async (ids) => {
      const { failure } = await forEach([...ids], async (id) => add(await client().files.restore(id)))
      onChanged()
      if (failure !== null) throw failure
    },
    find: (id) => known.get(id) ?? null,
    get: async (id, signal) => {
      const file = await client().files.get(id, { signal })
      known.set(id, file)
      state.set(refreshed(state.get(), file))
      return file
    },
    reload,
    apply: createApplying(client, state, known),
  }
}

/** Creates the part of the list that shows what events tell. */
function createApplying(client: () => Waybill, state: Store<FileListState>, known: Map<string, WaybillFile>) {
  // Compares the first page with the service, for changes that no event describes well enough.
  const checking = createThrottle(async () => {
    const before = state.get()
    if (before.isLoading || before.error !== null) return
    const page = await firstPage(client(), before).catch(() => null)
    const isSame = (['folder', 'search', 'sorting'] as const).every((key) => state.get()[key] === before[key])
    if (page === null || !isSame || state.get().error !== null) return
    for (const file of page.files) known.set(file.id, file)
    state.set(reconciled(state.get(), page))
  }, CHECK_EVERY_MS)
  const after = (before: FileListState, { type, data }: WaybillEvent): FileListState => {
    const change = CHANGES.get(type)
    const file = data as unknown as WaybillFile
    // The file that was loaded may be newer than the event, and it may be on a page that is not loaded.
    if (change === undefined || (type === 'file.created' && known.has(file.id))) return before
    if (GONE.has(type)) known.delete(file.id)
    else known.set(file.id, file)
    const changed = change(before, file)
    if (changed === before && GONE.has(type)) checking.request()
    return changed
  }
  return (events: readonly WaybillEvent[] | null) => {
    if (events === null) return checking.request()
    const next = events.reduce(after, state.get())
    if (next !== state.get()) state.set(next)
  }
}

/** Types of events after which a File is in no list. */
export const GONE: ReadonlySet<string> = new Set(['file.trashed', 'file.deleted', 'file.expired'])

const CHANGES: ReadonlyMap<string, (state: FileListState, file: WaybillFile) => FileListState> = new Map([
  ['file.created', withFile],
  ['file.restored', withFile],
  ['file.damaged', withChanged],
  ...[...GONE].map(
    (type) => [type, (state: FileListState, { id }: WaybillFile) => without(state, id)] as const,
  ),
])

/** Applies the change to all ids, a few at a time. */
async function forEach(ids: string[], apply: (id: string) => Promise<void>): Promise<Changed> {
  const changed: string[] = []
  let failure: Error | null = null
  const work = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      try {
        await apply(id)
        changed.push(id)
      } catch (error) {
        failure ??= error as Error
      }
    }
  }
  await Promise.all(Array.from({ length: MAX_CHANGES }, work))
  return { changed, failure }
}
