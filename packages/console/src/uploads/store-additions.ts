import { WaybillError } from '@waybill/sdk'
import { removeStored, storedEntries } from './stored-entries.ts'

/** Uploaded File that a vector store is to get. */
export interface StoreAddition {
  readonly storeId: string
  readonly fileId: string
  readonly filename: string
}

/** Additions of uploaded Files to their vector stores. An addition that a reload interrupts is made by the next page. */
export interface StoreAdditions {
  add(addition: StoreAddition): void
  /** Makes the additions that earlier pages have left. */
  resume(): void
  /** Removes the additions from the browser. */
  forget(): void
}

/** Additions that are resumed at the same time. */
const MAX_RESUMED = 4

interface Failure {
  readonly addition: StoreAddition
  readonly error: Error
}

/**
 * Tracks additions in `localStorage`. Pages may make one twice: a File is in a store once. `onFailure` gets the first
 * failure of a `resume`, and the number of the others.
 */
export function createStoreAdditions(
  organizationId: string,
  make: (addition: StoreAddition) => Promise<void>,
  onFailure: (addition: StoreAddition, error: Error, others: number) => void,
): StoreAdditions {
  const prefix = `waybill-console addition ${organizationId} `
  const begin = async (key: string, addition: StoreAddition): Promise<Failure | null> => {
    try {
      await make(addition)
      localStorage.removeItem(key)
      return null
    } catch (error) {
      if (isRefused(error)) localStorage.removeItem(key)
      return { addition, error: error as Error }
    }
  }
  const report = ([first, ...others]: readonly Failure[]) => {
    if (first !== undefined) onFailure(first.addition, first.error, others.length)
  }
  const resume = async () => {
    const entries = storedEntries(prefix).values()
    const failures: Failure[] = []
    const work = async () => {
      for (const [key, text] of entries) {
        // The user has signed out, or another page has made the addition.
        if (localStorage.getItem(key) === null) continue
        const addition = parse(text)
        const failure = addition && (await begin(key, addition))
        if (failure !== null) failures.push(failure)
      }
    }
    await Promise.all(Array.from({ length: MAX_RESUMED }, work))
    report(failures)
  }
  return {
    add: (addition) => {
      const key = `${prefix}${addition.fileId}`
      try {
        localStorage.setItem(key, JSON.stringify(addition))
      } catch {
        // When the store is full, the addition is made, but not after a reload.
      }
      void begin(key, addition).then((failure) => report(failure === null ? [] : [failure]))
    },
    resume: () => void resume(),
    forget: () => removeStored(prefix),
  }
}

/** Returns true when a repetition has the same answer, as long as the user is signed in. */
const isRefused = (error: unknown): boolean =>
  error instanceof WaybillError &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 401 &&
  error.status !== 429

function parse(text: string): StoreAddition | null {
  try {
    const { storeId, fileId, filename } = JSON.parse(text)
    const isKnown = [storeId, fileId, filename].every((field) => typeof field === 'string')
    return isKnown ? { storeId, fileId, filename } : null
  } catch {
    return null
  }
}
