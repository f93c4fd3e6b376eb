import { createStore, type Store } from '../parts/store.ts'
import { holdLock, type Release, whenUnlocked } from './page-locks.ts'
import { storedEntries } from './stored-entries.ts'

/** By what a file is known again after a reload; the page may not read it until somebody chooses it again. */
export interface KnownFile {
  readonly name: string
  readonly sizeBytes: number
  readonly modifiedMs: number
}

export interface InterruptedUpload extends KnownFile {
  /** Bytes sent before the interruption; the service may have stored slightly less. */
  readonly sentBytes: number
}

/** Uploads that were under way when a page was closed or loaded again, and that no other page goes on with. */
export interface InterruptedUploads {
  readonly list: Store<readonly InterruptedUpload[]>
  /** Notes that this file’s upload has begun; answers whether it was one of the list. */
  begin(file: File): boolean
  /** Stores the progress of the upload, at most once a second. */
  noteSent(file: File, sentBytes: number): void
  /** Notes that nothing is left to go on with. */
  end(file: File): void
  /** Forgets those of the list. */
  forget(): void
  /** Leaves what is under way to whoever goes on with it, and looks no more. */
  close(): void
}

const NOTE_EVERY_MS = 1000

/**
 * An entry stands in the browser’s store as long as its upload is not done, and is locked by the page that has it under way:
 * an entry that nobody locks was interrupted.
 */
export function createInterruptedUploads(organizationId: string): InterruptedUploads {
  const prefix = `waybill-console upload ${organizationId} `
  // Separate entries: a change of an upload's own entry tells other pages that it was resumed.
  const sentPrefix = `waybill-console sent ${organizationId} `
  const list = createStore<readonly InterruptedUpload[]>([])
  const sentKeyOf = (known: KnownFile) => `${sentPrefix}${JSON.stringify(known)}`
  const keyOf = (known: KnownFile) => `${prefix}${JSON.stringify(known)}`
  const held = new Map<File, Promise<Release | null>>()
  const notedMs = new Map<File, number>()
  const closing = new AbortController()
  const { signal } = closing

  const without = (key: string) => {
    const rest = list.get().filter((one) => keyOf(knownOf(one)) !== key)
    const wasListed = rest.length < list.get().length
    if (wasListed) list.set(rest)
    return wasListed
  }
  const watch = (key: string) =>
    whenUnlocked(key, signal, () => {
      const [known] = parse(localStorage.getItem(key) ?? '')
      if (known === undefined || signal.aborted) return
      without(key)
      const sentBytes = Number(localStorage.getItem(sentKeyOf(known))) || 0
      list.set([...list.get(), { ...known, sentBytes }].sort((a, b) => (a.name < b.name ? -1 : 1)))
    })
  const onStorage = ({ key, newValue }: StorageEvent) => {
    if (!key?.startsWith(prefix)) return
    without(key)
    if (newValue !== null) watch(key)
  }
  window.addEventListener('storage', onStorage, { signal })
  for (const [key] of storedEntries(prefix)) watch(key)

  return {
    list,
    begin: (file) => {
      const key = keyOf(knownFile(file))
      held.set(file, hold(key, knownFile(file)))
      return without(key)
    },
    noteSent: (file, sentBytes) => {
      const nowMs = performance.now()
      if (!held.has(file) || nowMs - (notedMs.get(file) ?? Number.NEGATIVE_INFINITY) < NOTE_EVERY_MS) return
      notedMs.set(file, nowMs)
      try {
        localStorage.setItem(sentKeyOf(knownFile(file)), String(sentBytes))
      } catch {
        // When the store is full, only the progress is lost.
      }
    },
    end: async (file) => {
      const holding = held.get(file)
      held.delete(file)
      notedMs.delete(file)
      // What another upload of the same file has noted stays.
      const release = await holding
      if (!release) return
      localStorage.removeItem(keyOf(knownFile(file)))
      localStorage.removeItem(sentKeyOf(knownFile(file)))
      release()
    },
    forget: () => {
      for (const known of list.get().map(knownOf)) {
        localStorage.removeItem(keyOf(known))
        localStorage.removeItem(sentKeyOf(known))
      }
      list.set([])
    },
    close: () => {
      closing.abort()
      for (const holding of held.values()) void holding.then((release) => release?.())
    },
  }
}

async function hold(key: string, known: KnownFile): Promise<Release | null> {
  const release = await holdLock(key)
  if (release === null) return null
  try {
    // Written anew even where it is there, so that other pages see that somebody goes on with it.
    localStorage.removeItem(key)
    localStorage.setItem(key, JSON.stringify(known))
  } catch {
    // A full store costs the way back, and not the upload.
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
