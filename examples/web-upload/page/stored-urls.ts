const PREFIX = 'upload '

/** Files with a row in this page. */
const claimed = new Set<string>()

/** Properties that show that a chosen file is the one whose upload was interrupted. */
const keyOf = ({ name, size, lastModified }: File) => PREFIX + JSON.stringify([name, size, lastModified])

export interface StoredUrl {
  readonly uploadUrl: string
  /** End of the upload session, in ISO 8601. */
  readonly expiresAt: string
}

/** Returns the stored upload URL; null when there is none, and after the end of its session. */
function read(key: string): string | null {
  const text = localStorage.getItem(key)
  if (text === null) return null
  const { uploadUrl, expiresAt } = JSON.parse(text) as StoredUrl
  return Date.parse(expiresAt) > Date.now() ? uploadUrl : null
}

/** Upload URLs of unfinished uploads, in the storage of this origin, so that a reload does not lose them. */
export const storedUrls = {
  get: (file: File): string | null => read(keyOf(file)),
  set: (file: File, opened: StoredUrl): void => localStorage.setItem(keyOf(file), JSON.stringify(opened)),
  remove: (file: File): void => localStorage.removeItem(keyOf(file)),
  /** Claims the upload of the file for a row. Returns false when another row has it. */
  claim: (file: File): boolean => {
    const isFree = !claimed.has(keyOf(file))
    claimed.add(keyOf(file))
    return isFree
  },
  release: (file: File): void => {
    claimed.delete(keyOf(file))
  },
  /** Returns the names of the files whose uploads were interrupted and have no row. */
  interruptedNames: (): string[] =>
    Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX) && !claimed.has(key) && read(key) !== null)
      .map((key) => JSON.parse(key.slice(PREFIX.length))[0]),
}
