import { createStore, type Store } from '../parts/store.ts'
import { type Release, tryLock, whenUnlocked } from './page-locks.ts'
import { storedEntries } from './stored-entries.ts'

/** Identifies a file after a reload. The page cannot read the file until the user chooses it again. */
export interface KnownFile {
  readonly name: string
  readonly sizeBytes: number
  readonly modifiedMs: number
}

export interface InterruptedUpload extends KnownFile {
  /** Bytes sent before the interruption; the service may have stored slightly less. */
  readonly sentBytes: number
}

/** Uploads that ran when a page was closed or reloaded, and that no other page has resumed. */
export interface InterruptedUploads {
  readonly list: Store<readonly InterruptedUpload[]>
  /** Records that the upload of this file has begun. Returns true when it was an interrupted upload of the list. */
  begin(file: File): boolean
  /** Stores the progress of the upload, at most once a second. */
  recordProgress(file: File, sentBytes: number): void
  /** Records that the upload has ended and cannot be resumed. */
  end(file: File): void
  /** Removes all uploads of the list. */
  forget(): void
  /** Releases the running uploads, so that another page can resume them, and stops watching other pages. */
  close(): void
}

const STORE_EVERY_MS = 1000

/**
 * Tracks uploads in `localStorage`. An entry exists until its upload has ended. The page that runs the upload holds a
 * lock on it. An entry without a lock is an interrupted upload.
 */
export function createInterruptedUploads(organizationId: string): InterruptedUploads {
  const entries = entriesOf(organizationId)
  const locks = new Map<File, Promise<Release | null>>()
  const storedMs = new Map<File, number>()
  const closing = new AbortController()
  const { list, removeListed } = watchUnlocked(entries, closing.signal)

  return {
    list,
    begin: (file) => {
      const key = entries.keyOf(knownFile(file))
      locks.set(file, lockEntry(key, knownFile(file)))
      return removeListed(key)
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
    forget: () => {
      for (const known of list.get()) entries.remove(knownOf(known))
      list.set([])
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
      localStorage.removeItem(keyOf(known))
      localStorage.removeItem(sentKeyOf(known))
    },
  }
}

/** Lists the entries without a lock until the signal aborts: those of this page and of other pages. */
function watchUnlocked({ prefix, keyOf, sentKeyOf }: Entries, signal: AbortSignal) {
  const list = createStore<readonly InterruptedUpload[]>([])

  const removeListed = (key: string) => {
    const rest = list.get().filter((one) => keyOf(knownOf(one)) !== key)
    const wasListed = rest.length < list.get().length
    if (wasListed) list.set(rest)
    return wasListed
  }
  const watch = (key: string) =>
    whenUnlocked(key, signal, () => {
      const [known] = parse(localStorage.getItem(key) ?? '')
      if (known === undefined || signal.aborted) return
      removeListed(key)
      const sentBytes = Number(localStorage.getItem(sentKeyOf(known))) || 0
      list.set([...list.get(), { ...known, sentBytes }].sort((a, b) => (a.name < b.name ? -1 : 1)))
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
    /** Removes the entry from the list, but not from `localStorage`. Returns true when it was in the list. */
    removeListed,
  }
}

async function lockEntry(key: string, known: KnownFile): Promise<Release | null> {
  const release = await tryLock(key)
  if (release === null) return null
  try {
    // Removed first, so that other pages get a storage event even when the entry exists: the upload was resumed.
    localStorage.removeItem(key)
    localStorage.setItem(key, JSON.stringify(known))
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

function parse(text: string): KnownFile[] {
  try {
    const { name, sizeBytes, modifiedMs } = JSON.parse(text)
    const isKnown =
      typeof name === 'string' && typeof sizeBytes === 'number' && typeof modifiedMs === 'number'
    return isKnown ? [{ name, sizeBytes, modifiedMs }] : []
  } catch {
    return []
  }
}
