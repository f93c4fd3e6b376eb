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
import type { InterruptedUploads } from './interrupted-uploads.ts'

export type UploadStatus = 'queued' | 'running' | 'paused' | 'failed' | 'done'

export interface UploadItem {
  readonly id: number
  readonly file: File
  /** Where it lay in a folder, such as `photos/2026/`, or nothing. */
  readonly folder: string
  readonly status: UploadStatus
  /** Whether it goes on with one that was interrupted. */
  readonly isResumed: boolean
  readonly progress: UploadProgress | null
  readonly error: Error | null
  readonly result: WaybillFile | null
}

export interface UploadQueue {
  readonly items: Store<readonly UploadItem[]>
  add(files: readonly DroppedFile[]): void
  pause(id: number): void
  resume(id: number): void
  /** Goes on where it failed. */
  retry(id: number): void
  /** Gives it up, with what was sent of it, and takes it off the list. */
  cancel(id: number): void
  cancelAll(): void
  /** Takes what is done off the list. */
  clearDone(): void
  /** Stops all of it, and gives nothing up. */
  close(): void
}

/** So many files are under way at once: more fill no line, and make each slower. */
const MAX_RUNNING = 3

interface Running {
  readonly upload: Upload
  readonly aborting: AbortController
}

/** Sends files one after the other, a few at once, in the order in which they came. */
export function createUploadQueue(
  client: () => Waybill,
  interrupted: InterruptedUploads,
  onDone: (file: WaybillFile) => void,
): UploadQueue {
  const { items, find, change, remove } = createItems()
  const running = new Map<number, Running>()
  let [lastId, isClosed] = [0, false]

  const start = (item: UploadItem) => {
    const aborting = new AbortController()
    change(item.id, { status: 'running', error: null })
    const upload = client().files.upload(item.file, {
      signal: aborting.signal,
      onProgress: (progress) => {
        if (aborting.signal.aborted || isClosed) return
        interrupted.noteSent(item.file, progress.sentBytes)
        const status = find(item.id)?.status === 'paused' ? 'paused' : 'running'
        change(item.id, { progress, status })
      },
    })
    running.set(item.id, { upload, aborting })
    upload.then(
      (result) => finish(item, { status: 'done', result }, () => onDone(result)),
      (error: Error) => (aborting.signal.aborted ? next() : finish(item, { status: 'failed', error })),
    )
  }
  const finish = (item: UploadItem, changes: Partial<UploadItem>, then = () => {}) => {
    running.delete(item.id)
    if (isClosed) return
    if (changes.status === 'done' || isRefused(changes.error)) interrupted.end(item.file)
    change(item.id, changes)
    then()
    next()
  }
  const next = () => {
    if (isClosed) return
    let free = MAX_RUNNING - items.get().filter(({ status }) => status === 'running').length
    for (const item of items.get()) {
      if (free <= 0) return
      if (item.status !== 'queued') continue
      start(item)
      free--
    }
  }
  const cancel = (id: number) => {
    const item = find(id)
    if (!item) return
    interrupted.end(item.file)
    const { aborting } = running.get(id) ?? {}
    running.delete(id)
    remove(id)
    aborting?.abort()
    next()
  }

  return {
    items,
    add: (files) => {
      const added = files.map(({ file, folder }) => {
        const isResumed = interrupted.begin(file)
        return newItem(++lastId, file, folder, isResumed)
      })
      items.set([...items.get(), ...added])
      next()
    },
    pause: (id) => {
      change(id, { status: 'paused' })
      void running.get(id)?.upload.pause()
      next()
    },
    resume: (id) => {
      const { upload } = running.get(id) ?? {}
      change(id, { status: upload ? 'running' : 'queued' })
      upload?.resume()
      next()
    },
    retry: (id) => {
      change(id, { status: 'queued', error: null })
      next()
    },
    cancel,
    cancelAll: () => {
      for (const { id, status } of items.get()) if (status !== 'done') cancel(id)
    },
    clearDone: () => items.set(items.get().filter(({ status }) => status !== 'done')),
    close: () => {
      isClosed = true
      for (const { upload } of running.values()) void upload.pause()
    },
  }
}

/** Returns true when the service refused the file itself: the same file cannot resume after a reload. */
const isRefused = (error: Error | null | undefined): boolean =>
  error instanceof ValidationError || (error instanceof TooLargeError && error.status === 413)

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

function newItem(id: number, file: File, folder: string, isResumed: boolean): UploadItem {
  return { id, file, folder, isResumed, status: 'queued', error: null, progress: null, result: null }
}

/** Whether something of it would be lost for now if the page were closed. */
export const isUnfinished = ({ status }: UploadItem): boolean =>
  status === 'queued' || status === 'running' || status === 'paused'
