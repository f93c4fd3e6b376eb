import { crc32c } from '../crc32c/crc32c.ts'
import { crc32cText } from '../crc32c/crc32c-text.ts'
import type { SessionStore } from '../platform/platform.ts'
import type { ByteSource } from '../source/byte-source.ts'
import type { Checkpoint } from './crc-history.ts'

/** State that is needed to resume an upload in another process or after a page reload. */
export interface StoredUpload {
  readonly version: 1
  readonly uploadUrl: string
  readonly objectName: string
  readonly fileId: string
  readonly filename: string
  readonly mimeType: string
  /** Folder and metadata in a form that is only compared; absent in uploads of earlier versions. */
  readonly placement?: string
  readonly expiresAt: string
  readonly fingerprint: Fingerprint
  readonly checkpoints: readonly Checkpoint[]
}

/** Properties that show whether a file is still the same. */
export interface Fingerprint {
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** CRC-32C of the first 64 KiB. */
  readonly headCrc32c: string
}

/** Entry of one upload in the session store. */
export interface StoreEntry {
  readonly key: string
  readonly fingerprint: Fingerprint
  /** Returns the stored upload, or null when there is none that can be resumed. */
  get(): Promise<StoredUpload | null>
  put(upload: StoredUpload): Promise<void>
  remove(): Promise<void>
}

const HEAD_BYTES = 64 * 1024

/**
 * Returns the store entry of this source, or null when the source cannot be identified later. The key of a file on
 * disk is its path, so that a change of the file is detected. The key of a file in a browser includes the
 * fingerprint, because many files have the same name.
 */
export async function openStoreEntry(
  store: SessionStore | null,
  source: ByteSource,
  scope: readonly string[],
): Promise<StoreEntry | null> {
  const { identity, sizeBytes } = source
  if (store === null || identity === null || sizeBytes === 0) return null
  const head = await source.read(0, Math.min(HEAD_BYTES, sizeBytes))
  const fingerprint = {
    sizeBytes,
    modifiedMs: identity.modifiedMs,
    headCrc32c: crc32cText(crc32c(head)),
  }
  const distinguishing = identity.isPath ? [] : Object.values(fingerprint)
  const key = JSON.stringify([...scope, identity.name, ...distinguishing])
  return {
    key,
    fingerprint,
    get: async () => {
      const upload = parseStored(await attempt(() => store.get(key)))
      return upload !== null && Date.parse(upload.expiresAt) > Date.now() ? upload : null
    },
    // If the store fails, the upload continues but cannot be resumed.
    put: (upload) => attempt(() => store.set(key, JSON.stringify(upload))).then(() => {}),
    remove: () => attempt(() => store.remove(key)).then(() => {}),
  }
}

/** Returns the result of a store operation, or null when it throws or rejects. */
async function attempt<T>(operate: () => Promise<T>): Promise<T | null> {
  try {
    return await operate()
  } catch {
    return null
  }
}

const TEXTS = ['uploadUrl', 'objectName', 'fileId', 'filename', 'mimeType', 'expiresAt'] as const

/** Parses a stored text. Returns null when it is incomplete or belongs to another program. */
function parseStored(text: string | null): StoredUpload | null {
  try {
    const upload = JSON.parse(text ?? 'null')
    const isValid =
      upload?.version === 1 &&
      TEXTS.every((name) => typeof upload[name] === 'string') &&
      /^https?:/.test(new URL(upload.uploadUrl).protocol) &&
      areCheckpoints(upload.checkpoints)
    return isValid ? upload : null
  } catch {
    return null
  }
}

/** Returns true for a list of checkpoints with ascending offsets. */
function areCheckpoints(values: unknown): boolean {
  let before = -1
  return (
    Array.isArray(values) &&
    values.every((value) => {
      if (!Array.isArray(value) || !value.every((part) => Number.isSafeInteger(part) && part >= 0))
        return false
      const isAscending = value.length === 2 && value[0] > before
      before = value[0]
      return isAscending
    })
  )
}
