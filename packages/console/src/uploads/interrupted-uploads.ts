import { createStore, type Store } from '../parts/store.ts'
import type { DroppedFile } from './dropped-files.ts'
import { type FileHandle, readAgain } from './file-handles.ts'
import { type Release, seesLocks, tryLock, whenUnlocked } from './page-locks.ts'
import { storedEntries } from './stored-entries.ts'
import { storedHandles } from './stored-handles.ts'

/** Identifies a file after a reload. */
export interface KnownFile {
  readonly name: string
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/** Place of an uploaded file in the service. */
export interface UploadPlace {
  /** Path of the file's folder in the service, such as `photos/2026/`; empty for the root. */
  readonly folder: string
  /** Vector store that gets the file after its upload, or null. */
  readonly storeId: string | null
}

export interface InterruptedUpload extends KnownFile, UploadPlace {
  /** Bytes sent before the interruption; the service may have stored slightly less. */
  readonly sentBytes: number
  /** Handle that reads the file again; null when the user must choose the file. */
  readonly handle: FileHandle | null
}

/** Uploads that ran when a page was closed or reloaded, and that no other page has resumed. */
export interface InterruptedUploads {
  readonly list: Store<readonly InterruptedUpload[]>
  /** Records that the upload of this file has begun. Returns the interrupted upload of the list that it resumes, or null. */
  begin(chosen: DroppedFile, storeId: string | null): InterruptedUpload | null
  /** Returns the files of the list that the browser can read again, when the user permits it. Called on a click. */
  reopen(): Promise<DroppedFile[]>
  /** Stores the progress of the upload, at most once a second. */
  recordProgress(file: File, sentBytes: number): void
  /** Records that the upload has ended and cannot be resumed. */
  end(file: File): void
  /** Removes all uploads of the list. Resolves when the service has been told. */
  forget(): Promise<void>
  /** Releases the running uploads, so that another page can resume them, and stops watching other pages. */
  close(): void
}

const STORE_EVERY_MS = 1000

/**
 * Tracks uploads in `localStorage`. An entry exists until its upload has ended. The page that runs the upload holds a
 * lock on it. An entry without a lock is an interrupted upload. `cancel` cancels uploads of files in the service.
 */
export function createInterruptedUploads(
  organizationId: string,
  cancel: (files: readonly KnownFile[]) => Promise<void>,
): InterruptedUploads {
  const entries = entriesOf(organizationId)
  const locks = new Map<File, Promise<Release | null>>()
  const storedMs = new Map<File, number>()
  const closing = new AbortController()
  const { list, removeListed } = watchUnlocked(entries, closing.signal)

  return {
    list,
    begin: ({ file, folder, handle }, storeId) => {
      const known = knownFile(file)
      const key = entries.keyOf(known)
      const resumed = removeListed(key)
      const place = resumed ?? { folder, storeId }
      locks.set(file, lockEntry(key, { ...known, ...placeOf(place) }))
      if (handle !== null) void storedHandles.keep(key, handle)
      return resumed
    },
    reopen: async () => {
      const files = await Promise.all(list.get().map(reopenFile))
      return files.filter((file) => file !== null)
    },
    recordProgress: (file, sentBytes) => {
      const nowMs = performance.now()
      if (!locks.has(file) || nowMs - (storedMs.get(file) ?? Number.NEGATIVE_INFINITY) < STORE_EVERY_MS)
        return
      storedMs.set(file, nowMs)
      try {
        localStorage.setItem(entries.sentKeyOf(knownFile(file)), String(sentBytes))
      } catch {
        // When the store is full, only the progress is lost.
      }
    },
    end: async (file) => {
      const lock = locks.get(file)
      locks.delete(file)
      storedMs.delete(file)
      // Without the lock, the entry belongs to another upload of the same file and must stay.
      const release = await lock
      if (!release) return
      entries.remove(knownFile(file))
      release()
    },
    forget: async () => {
      const files = list.get().map(knownOf)
      for (const known of files) entries.remove(known)
      list.set([])
      // Without locks, another page may be running the upload.
      if (seesLocks) await cancel(files)
    },
    close: () => {
      closing.abort()
      for (const lock of locks.values()) void lock.then((release) => release?.())
    },
  }
}

type Entries = ReturnType<typeof entriesOf>

/** Returns the keys of an organization's entries in `localStorage`. */
function entriesOf(organizationId: string) {
  const prefix = `waybill-console upload ${organizationId} `
  // Separate entries: a change of an upload's own entry tells other pages that it was resumed.
  const sentPrefix = `waybill-console sent ${organizationId} `
  const keyOf = (known: KnownFile) => `${prefix}${JSON.stringify(known)}`
  const sentKeyOf = (known: KnownFile) => `${sentPrefix}${JSON.stringify(known)}`
  return {
    prefix,
    keyOf,
    sentKeyOf,
    remove: (known: KnownFile) => {
      void storedHandles.remove(keyOf(known))
      localStorage.removeItem(keyOf(known))
      localStorage.removeItem(sentKeyOf(known))
    },
  }
}

/** Lists the entries without a lock until the signal aborts: those of this page and of other pages. */
function watchUnlocked({ prefix, keyOf, sentKeyOf }: Entries, signal: AbortSignal) {
  const list = createStore<readonly InterruptedUpload[]>([])

  const removeListed = (key: string) => {
    const listed = list.get().find((one) => keyOf(knownOf(one)) === key) ?? null
    if (listed !== null) list.set(list.get().filter((one) => one !== listed))
    return listed
  }
  const watch = (key: string) =>
    whenUnlocked(key, signal, async () => {
      const handle = await storedHandles.find(key)
      const stored = parse(localStorage.getItem(key) ?? '')
      if (stored === null || signal.aborted) return
      removeListed(key)
      const sentBytes = Number(localStorage.getItem(sentKeyOf(knownOf(stored)))) || 0
      const added = { ...stored, sentBytes, handle }
      list.set([...list.get(), added].sort((a, b) => (a.name < b.name ? -1 : 1)))
    })
  const onStorage = ({ key, newValue }: StorageEvent) => {
    if (!key?.startsWith(prefix)) return
    removeListed(key)
    if (newValue !== null) watch(key)
  }
  window.addEventListener('storage', onStorage, { signal })
  for (const [key] of storedEntries(prefix)) watch(key)

  return {
    list,
    /** Removes the entry from the list, but not from `localStorage`. Returns it, or null when it was not in the list. */
    removeListed,
  }
}

/** Reads a file of the list again. Returns null when that is not possible, or the file has changed. */
async function reopenFile({ handle, folder, ...known }: InterruptedUpload): Promise<DroppedFile | null> {
  const file = handle && (await readAgain(handle))
  if (!file || handle === null) return null
  const isSame = file.size === known.sizeBytes && file.lastModified === known.modifiedMs
  return isSame ? { file, folder, handle } : null
}

async function lockEntry(key: string, stored: StoredUpload): Promise<Release | null> {
  const release = await tryLock(key)
  if (release === null) return null
  try {
    // Removed first, so that other pages get a storage event even when the entry exists: the upload was resumed.
    localStorage.removeItem(key)
    localStorage.setItem(key, JSON.stringify(stored))
  } catch {
    // When the store is full, the upload runs but cannot be resumed.
  }
  return release
}

const knownFile = ({ name, size, lastModified }: File): KnownFile => ({
  name,
  sizeBytes: size,
  modifiedMs: lastModified,
})

/** Returns the file's own fields, in the order that its keys use. */
const knownOf = ({ name, sizeBytes, modifiedMs }: KnownFile): KnownFile => ({ name, sizeBytes, modifiedMs })

const placeOf = ({ folder, storeId }: UploadPlace): UploadPlace => ({ folder, storeId })

type StoredUpload = KnownFile & UploadPlace

/** Parses an entry. Entries of earlier versions have no place. Returns null for another text. */
function parse(text: string): StoredUpload | null {
  try {
    const { name, sizeBytes, modifiedMs, folder, storeId } = JSON.parse(text)
    const isKnown =
      typeof name === 'string' && typeof sizeBytes === 'number' && typeof modifiedMs === 'number'
    if (!isKnown) return null
    return {
      name,
      sizeBytes,
      modifiedMs,
      folder: typeof folder === 'string' ? folder : '',
      storeId: typeof storeId === 'string' ? storeId : null,
    }
  } catch {
    return null
  }
}
