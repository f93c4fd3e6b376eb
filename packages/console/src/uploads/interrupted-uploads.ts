import { createStore, type Store } from '../parts/store.ts'
import { forgetStored, storedEntries } from './stored-entries.ts'

/** By what a file is known again after a reload; the page may not read it until somebody chooses it again. */
export interface KnownFile {
  readonly name: string
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/** Uploads that were under way when this page was closed or loaded again. */
export interface InterruptedUploads {
  readonly list: Store<readonly KnownFile[]>
  /** Notes that this file’s upload has begun; answers whether it was one of the list. */
  begin(file: File): boolean
  /** Notes that nothing is left to go on with. */
  end(file: File): void
  forget(): void
}

export function createInterruptedUploads(organizationId: string): InterruptedUploads {
  const prefix = `waybill-console upload ${organizationId} `
  const list = createStore<readonly KnownFile[]>(storedEntries(prefix).flatMap(([, text]) => parse(text)))
  const keyOf = (known: KnownFile) => `${prefix}${JSON.stringify(known)}`
  const without = (known: KnownFile) => {
    const rest = list.get().filter((one) => keyOf(one) !== keyOf(known))
    const wasListed = rest.length < list.get().length
    if (wasListed) list.set(rest)
    return wasListed
  }
  return {
    list,
    begin: (file) => {
      const known = knownFile(file)
      try {
        localStorage.setItem(keyOf(known), JSON.stringify(known))
      } catch {
        // A full store costs the way back, and not the upload.
      }
      return without(known)
    },
    end: (file) => localStorage.removeItem(keyOf(knownFile(file))),
    forget: () => {
      forgetStored(prefix)
      list.set([])
    },
  }
}

const knownFile = ({ name, size, lastModified }: File): KnownFile => ({
  name,
  sizeBytes: size,
  modifiedMs: lastModified,
})

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
