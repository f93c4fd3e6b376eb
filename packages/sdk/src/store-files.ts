import type { Api, CallOptions } from './api.ts'
import type {
  AddStoreFileBody,
  ListStoreFilesAnswer,
  ListStoreFilesQuery,
  ProcessingStatus,
  RetryStoreFileBody,
  StoreFileLog,
  UpdateStoreFileBody,
  VectorStoreFile,
} from './api-types.ts'
import { type Listed, listed, nextAfter } from './pages.ts'
import { wait } from './retry.ts'

export interface AddAndWaitOptions extends CallOptions, AddStoreFileBody {
  /** Pause between two requests for the progress, in milliseconds. Default: 500. */
  readonly pollMs?: number
  /** Called with the progress after each request for it. */
  readonly onProgress?: (progress: ProcessingStatus) => void
}

/** Files of a vector store. `fileId` is the id of a File; except for `add`, the `vsf_` id of the file of the store works too. */
export interface StoreFiles {
  /** Adds a File, which is indexed afterwards. Repeating the call has the same result. */
  add(
    storeId: string,
    fileId: string,
    body?: AddStoreFileBody,
    options?: CallOptions,
  ): Promise<VectorStoreFile>
  /**
   * Adds a File and waits until it is completed or failed. Resolves with the file in this state: a failure is not
   * thrown, and is in `error_message`. The service ends every indexing within 30 minutes of work; `signal` ends the
   * wait earlier.
   */
  addAndWait(storeId: string, fileId: string, options?: AddAndWaitOptions): Promise<VectorStoreFile>
  /** Lists the files, newest first. */
  list(
    storeId: string,
    query?: ListStoreFilesQuery,
    options?: CallOptions,
  ): Listed<VectorStoreFile, ListStoreFilesAnswer>
  get(storeId: string, fileId: string, options?: CallOptions): Promise<VectorStoreFile>
  /** Replaces the attributes, which filters of searches compare. */
  update(
    storeId: string,
    fileId: string,
    body: UpdateStoreFileBody,
    options?: CallOptions,
  ): Promise<VectorStoreFile>
  /** Removes the file from the store. The File stays. */
  remove(storeId: string, fileId: string, options?: CallOptions): Promise<void>
  /** Indexes a failed file again. */
  retry(
    storeId: string,
    fileId: string,
    body?: RetryStoreFileBody,
    options?: CallOptions,
  ): Promise<ProcessingStatus>
  status(storeId: string, fileId: string, options?: CallOptions): Promise<ProcessingStatus>
  /** Returns the last 200 entries of the file's log. */
  logs(storeId: string, fileId: string, options?: CallOptions): Promise<StoreFileLog>
}

const POLL_MS = 500

export function createStoreFiles({ call, callForData }: Api): StoreFiles {
  const filesPath = (storeId: string) => `/vector-stores/${encodeURIComponent(storeId)}/files`
  const pathOf = (storeId: string, fileId: string) => `${filesPath(storeId)}/${encodeURIComponent(fileId)}`
  const read = <Data>(path: string, signal: AbortSignal | undefined, query: object = {}) =>
    callForData<Data>({ method: 'GET', path, query, signal })

  const add: StoreFiles['add'] = (storeId, fileId, body = {}, options) => {
    const json = { ...body, file_id: fileId }
    return callForData({ method: 'POST', path: filesPath(storeId), json, isIdempotent: true }, options)
  }
  const get: StoreFiles['get'] = (storeId, fileId, { signal } = {}) => read(pathOf(storeId, fileId), signal)
  const status: StoreFiles['status'] = (storeId, fileId, { signal } = {}) =>
    read(`${pathOf(storeId, fileId)}/status`, signal)

  return {
    add,
    addAndWait: async (storeId, fileId, { signal, pollMs = POLL_MS, onProgress, ...body } = {}) => {
      await add(storeId, fileId, body, { signal })
      for (;;) {
        const progress = await status(storeId, fileId, { signal })
        onProgress?.(progress)
        if (hasEnded(progress)) return get(storeId, fileId, { signal })
        await wait(pollMs, signal)
      }
    },
    list: (storeId, query = {}, { signal } = {}) =>
      listed(
        query,
        (page) => read<ListStoreFilesAnswer>(filesPath(storeId), signal, page),
        ({ files }) => files,
        nextAfter,
      ),
    get,
    update: (storeId, fileId, json, options) =>
      callForData({ method: 'PATCH', path: pathOf(storeId, fileId), json }, options),
    remove: (storeId, fileId, options) => call({ method: 'DELETE', path: pathOf(storeId, fileId) }, options),
    retry: (storeId, fileId, json = {}, options) =>
      callForData(
        {
          method: 'POST',
          path: `${pathOf(storeId, fileId)}/retry`,
          json,
          // A forced repetition would index the file again.
          isIdempotent: json.force !== true,
        },
        options,
      ),
    status,
    logs: (storeId, fileId, { signal } = {}) => read(`${pathOf(storeId, fileId)}/logs`, signal),
  }
}

function hasEnded({ status }: ProcessingStatus): boolean {
  return status === 'completed' || status === 'failed'
}
