import {
  TooLargeError,
  type Upload,
  type UploadProgress,
  ValidationError,
  type Waybill,
  type WaybillFile,
} from '@waybill/sdk'
import { createStore, type Store } from '../parts/store.ts'
import type { DroppedFile } from './dropped-files.ts'
import type { InterruptedUploads, UploadPlace } from './interrupted-uploads.ts'

export type UploadStatus = 'queued' | 'running' | 'paused' | 'failed' | 'done'

export interface UploadItem extends UploadPlace {
  readonly id: number
  readonly file: File
  readonly status: UploadStatus
  /** True when it resumes an interrupted upload. */
  readonly isResumed: boolean
  readonly progress: UploadProgress | null
  readonly error: Error | null
  readonly result: WaybillFile | null
}

export interface UploadQueue {
  readonly items: Store<readonly UploadItem[]>
  /** Queues the files. With a store, each is added to it after its upload. A resumed upload keeps its folder and store. */
  add(files: readonly DroppedFile[], storeId?: string | null): void
  pause(id: number): void
  resume(id: number): void
  /** Queues a failed upload again. It resumes with the bytes that were stored. */
  retry(id: number): void
  /** Cancels an upload, deletes its bytes in the service and removes it from the list. */
  cancel(id: number): void
  /** Cancels all uploads. Resolves when the service has been told. */
  cancelAll(): Promise<void>
  /** Removes finished uploads from the list. */
  clearDone(): void
  /** Stops all uploads without cancelling them, so that they can be resumed. */
  close(): void
}

/** Uploads that run at the same time. More would not be faster in total, but each one would be slower. */
const MAX_RUNNING = 3

/** Uploads files in the order in which they were added, a few at a time. */
export function createUploadQueue(
  client: () => Waybill,
  interrupted: InterruptedUploads,
  onDone: (file: WaybillFile, storeId: string | null) => void,
): UploadQueue {
  const list = createItems()
  const { items, find, change, remove } = list
  const running = createRunningUploads(client, interrupted, list, onDone)
  let lastId = 0

  const cancel = async (id: number) => {
    const item = find(id)
    if (!item) return
    interrupted.end(item.file)
    remove(id)
    const aborted = running.abort(id)
    running.startNext()
    await aborted
  }

  return {
    items,
    add: (files, storeId = null) => {
      const added = files.map((chosen) => {
        const resumed = interrupted.begin(chosen, storeId)
        const place = resumed ?? { folder: chosen.folder, storeId }
        return newItem(++lastId, chosen.file, place, resumed !== null)
      })
      items.set([...items.get(), ...added])
      running.startNext()
    },
    pause: (id) => {
      change(id, { status: 'paused' })
      running.pause(id)
      running.startNext()
    },
    resume: (id) => {
      change(id, { status: running.has(id) ? 'running' : 'queued' })
      running.resume(id)
      running.startNext()
    },
    retry: (id) => {
      change(id, { status: 'queued', error: null })
      running.startNext()
    },
    cancel: (id) => void cancel(id),
    cancelAll: async () => {
      await Promise.all(items.get().map(({ id, status }) => (status === 'done' ? null : cancel(id))))
    },
    clearDone: () => items.set(items.get().filter(({ status }) => status !== 'done')),
    close: running.close,
  }
}

interface Running {
  readonly upload: Upload
  readonly aborting: AbortController
}

/** Creates the part of the queue that starts uploads and records how they proceed and end. */
function createRunningUploads(
  client: () => Waybill,
  interrupted: InterruptedUploads,
  { items, find, change }: Items,
  onDone: (file: WaybillFile, storeId: string | null) => void,
) {
  const running = new Map<number, Running>()
  let isClosed = false

  const start = (item: UploadItem) => {
    const aborting = new AbortController()
    change(item.id, { status: 'running', error: null })
    const upload = client().files.upload(item.file, {
      path: item.folder.replace(/\/$/, ''),
      signal: aborting.signal,
      onProgress: (progress) => {
        if (aborting.signal.aborted || isClosed) return
        interrupted.recordProgress(item.file, progress.sentBytes)
        const status = find(item.id)?.status === 'paused' ? 'paused' : 'running'
        change(item.id, { progress, status })
      },
    })
    running.set(item.id, { upload, aborting })
    upload.then(
      (result) => finish(item, { status: 'done', result }, () => onDone(result, item.storeId)),
      (error: Error) => (aborting.signal.aborted ? startNext() : finish(item, { status: 'failed', error })),
    )
  }
  const finish = (item: UploadItem, changes: Partial<UploadItem>, then = () => {}) => {
    running.delete(item.id)
    if (isClosed) return
    if (changes.status === 'done' || isRefused(changes.error)) interrupted.end(item.file)
    change(item.id, changes)
    then()
    startNext()
  }
  /** Starts queued uploads while fewer than `MAX_RUNNING` run. */
  const startNext = () => {
    if (isClosed) return
    let free = MAX_RUNNING - items.get().filter(({ status }) => status === 'running').length
    for (const item of items.get()) {
      if (free <= 0) return
      if (item.status !== 'queued') continue
      start(item)
      free--
    }
  }

  return {
    startNext,
    has: (id: number) => running.has(id),
    pause: (id: number) => void running.get(id)?.upload.pause(),
    resume: (id: number) => running.get(id)?.upload.resume(),
    /** Resolves when the upload is cancelled in the service. */
    abort: async (id: number) => {
      const { upload, aborting } = running.get(id) ?? {}
      running.delete(id)
      aborting?.abort()
      await upload?.catch(() => {})
    },
    /** Pauses all uploads, and starts no more. */
    close: () => {
      isClosed = true
      for (const { upload } of running.values()) void upload.pause()
    },
  }
}

/** Returns true when the service refused the file itself: the same file cannot resume after a reload. */
const isRefused = (error: Error | null | undefined): boolean =>
  error instanceof ValidationError || (error instanceof TooLargeError && error.status === 413)

type Items = ReturnType<typeof createItems>

function createItems() {
  const items = createStore<readonly UploadItem[]>([])
  return {
    items,
    find: (id: number) => items.get().find((item) => item.id === id),
    change: (id: number, changes: Partial<UploadItem>) =>
      items.set(items.get().map((item) => (item.id === id ? { ...item, ...changes } : item))),
    remove: (id: number) => items.set(items.get().filter((item) => item.id !== id)),
  }
}

function newItem(id: number, file: File, { folder, storeId }: UploadPlace, isResumed: boolean): UploadItem {
  return { id, file, folder, storeId, isResumed, status: 'queued', error: null, progress: null, result: null }
}

/** Returns true when closing the page would interrupt the upload. */
export const isUnfinished = ({ status }: UploadItem): boolean =>
  status === 'queued' || status === 'running' || status === 'paused'
