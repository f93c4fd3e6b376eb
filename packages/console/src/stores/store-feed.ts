import {
  NotFoundError,
  PermissionError,
  type ProcessingStatus,
  type VectorStore,
  type VectorStoreFile,
  type Waybill,
} from '@waybill/sdk'
import { createStore, type Store } from '../parts/store.ts'
import { type Pace, type PaceSample, paceOf, withSample } from './pace.ts'

/** Filters of the list of files, by the value that the service takes. */
export const FILTERS = { all: '', unfinished: 'pending,processing', completed: 'completed', failed: 'failed' }
export type Filter = keyof typeof FILTERS

export interface StoreFeedState {
  readonly store: VectorStore | null
  /** Files of the shown page. */
  readonly files: readonly VectorStoreFile[]
  /** Number of files that match the filter. */
  readonly total: number
  /** Progress of shown files that are being indexed, by their `vsf_` id. */
  readonly progress: ReadonlyMap<string, ProcessingStatus>
  readonly pace: Pace | null
  readonly page: number
  readonly filter: Filter
  readonly error: Error | null
}

/** A vector store with a page of its files. Loads both again while files are being indexed: their progress has no events. */
export interface StoreFeed {
  readonly state: Store<StoreFeedState>
  /** Shows another page, or other files. */
  show(page: number, filter: Filter): void
  /** Loads everything again. Does not reject: the error is in the state. */
  refresh(): Promise<void>
  /** Begins to load. Returns a function that ends it. */
  start(): () => void
}

export const FILES_PER_PAGE = 50
/** The service numbers pages up to this file. */
const MAX_NUMBERED_FILES = 10_000
/** Pause without events, and with them. */
const POLL_MS = 1200
const LIVE_POLL_MS = 4000
/** Pause after an error, which the requests have already been repeated for. */
const POLL_AFTER_ERROR_MS = 6000
/** Files whose progress is loaded: more than the service indexes at a time for one organization. */
const MAX_FOLLOWED = 8

const EMPTY: StoreFeedState = {
  store: null,
  files: [],
  total: 0,
  progress: new Map(),
  pace: null,
  page: 1,
  filter: 'all',
  error: null,
}

export function createStoreFeed(client: () => Waybill, storeId: string, isLive: () => boolean): StoreFeed {
  const state = createStore(EMPTY)
  let isOpen = false
  let loading = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let samples: readonly PaceSample[] = []

  const stop = () => {
    isOpen = false
    loading.abort()
    clearTimeout(timer)
  }
  const refresh = async () => {
    clearTimeout(timer)
    loading.abort()
    loading = new AbortController()
    const { signal } = loading
    try {
      const loaded = await loadStore(client(), storeId, state.get(), signal)
      if (signal.aborted) return
      const sample = sampleOf(loaded.store)
      samples = sample.remaining === 0 ? [] : withSample(samples, sample)
      state.set({ ...state.get(), ...loaded, pace: paceOf(samples), error: null })
      // The last page disappears when its files are removed.
      if (state.get().page > pageCountOf(loaded)) return show(pageCountOf(loaded), state.get().filter)
    } catch (error) {
      if (signal.aborted) return
      state.set({ ...state.get(), error: error as Error })
    }
    const { store, error } = state.get()
    if (!isOpen || store === null || store.file_counts.in_progress === 0) return
    if (error instanceof NotFoundError || error instanceof PermissionError) return
    const pollMs = isLive() ? LIVE_POLL_MS : POLL_MS
    timer = setTimeout(refresh, error === null ? pollMs : POLL_AFTER_ERROR_MS)
  }
  const show = (page: number, filter: Filter): Promise<void> => {
    state.set({ ...state.get(), page, filter })
    return refresh()
  }
  return {
    state,
    refresh,
    show: (page, filter) => void show(page, filter),
    start: () => {
      isOpen = true
      void refresh()
      return stop
    },
  }
}

/** Number of pages that can be shown. */
export const pageCountOf = ({ total }: Pick<StoreFeedState, 'total'>): number =>
  Math.max(1, Math.ceil(Math.min(total, MAX_NUMBERED_FILES) / FILES_PER_PAGE))

async function loadStore(
  { vectorStores }: Waybill,
  storeId: string,
  { page, filter }: StoreFeedState,
  signal: AbortSignal,
): Promise<Pick<StoreFeedState, 'store' | 'files' | 'total' | 'progress'> & { readonly store: VectorStore }> {
  const status = FILTERS[filter]
  const query = { page, page_size: FILES_PER_PAGE, ...(status === '' ? {} : { status }) }
  const firstPage = async () => {
    for await (const listed of vectorStores.files.list(storeId, query, { signal }).pages()) return listed
    throw new Error('The service returned a list without a page.')
  }
  const [store, { files, total }] = await Promise.all([vectorStores.get(storeId, { signal }), firstPage()])
  const followed = files.filter(({ processing_status }) => processing_status === 'processing')
  const progress = await Promise.all(
    followed.slice(0, MAX_FOLLOWED).map(({ id }) =>
      // The file may have been removed since it was listed.
      vectorStores.files.status(storeId, id, { signal }).catch((error: Error) => {
        if (error instanceof NotFoundError) return null
        throw error
      }),
    ),
  )
  const known = progress.filter((one) => one !== null)
  return { store, files, total, progress: new Map(known.map((one) => [one.vector_store_file_id, one])) }
}

function sampleOf({ file_counts: { total, in_progress } }: VectorStore): PaceSample {
  return { atMs: performance.now(), ended: total - in_progress, remaining: in_progress }
}
