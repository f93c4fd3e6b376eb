import { crc32c } from '../crc32c/crc32c.ts'
import { crc32cText } from '../crc32c/crc32c-text.ts'
import type { SessionStore } from '../platform/platform.ts'
import type { ByteSource } from '../source/byte-source.ts'
import type { Checkpoint } from './crc-trail.ts'

/** What is needed to go on with an upload in another process, or after a page was loaded again. */
export interface StoredUpload {
  readonly version: 1
  readonly uploadUrl: string
  readonly objectName: string
  readonly fileId: string
  readonly filename: string
  readonly mimeType: string
  readonly expiresAt: string
  readonly fingerprint: Fingerprint
  readonly checkpoints: readonly Checkpoint[]
}

/** By what a file is known again. */
export interface Fingerprint {
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** Of the first bytes. */
  readonly headCrc32c: string
}

/** Where one upload is kept. */
export interface UploadShelf {
  readonly key: string
  readonly fingerprint: Fingerprint
  /** Null where there is none that can go on. */
  get(): Promise<StoredUpload | null>
  put(upload: StoredUpload): Promise<void>
  remove(): Promise<void>
}

const HEAD_BYTES = 64 * 1024

/**
 * The place of this source in the store, or null where it cannot be known again. A file on disk has its place by its
 * path, so that a change of it is seen; one in a browser by all that is known of it, since many have the same name.
 */
export async function openShelf(
  store: SessionStore | null,
  source: ByteSource,
  scope: readonly string[],
): Promise<UploadShelf | null> {
  const { identity, sizeBytes } = source
  if (store === null || identity === null || sizeBytes === 0) return null
  const head = await source.read(0, Math.min(HEAD_BYTES, sizeBytes))
  const fingerprint = {
    sizeBytes,
    modifiedMs: identity.modifiedMs,
    headCrc32c: crc32cText(crc32c(head)),
  }
  const known = identity.isPath ? [] : Object.values(fingerprint)
  const key = JSON.stringify([...scope, identity.name, ...known])
  return {
    key,
    fingerprint,
    get: async () => {
      const upload = parseStored(await attempt(() => store.get(key)))
      return upload !== null && Date.parse(upload.expiresAt) > Date.now() ? upload : null
    },
    // A store that fails costs the way back, and not the upload.
    put: (upload) => attempt(() => store.set(key, JSON.stringify(upload))).then(() => {}),
    remove: () => attempt(() => store.remove(key)).then(() => {}),
  }
}

/** What a store gives, or null where it fails, in whatever way. */
async function attempt<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask()
  } catch {
    return null
  }
}

const TEXTS = ['uploadUrl', 'objectName', 'fileId', 'filename', 'mimeType', 'expiresAt'] as const

/** Null for what somebody else has written, or half of it. */
function parseStored(text: string | null): StoredUpload | null {
  try {
    const upload = JSON.parse(text ?? 'null')
    const isWhole =
      upload?.version === 1 &&
      TEXTS.every((name) => typeof upload[name] === 'string') &&
      /^https?:/.test(new URL(upload.uploadUrl).protocol) &&
      areCheckpoints(upload.checkpoints)
    return isWhole ? upload : null
  } catch {
    return null
  }
}

/** Whether each lies behind the one before it. */
function areCheckpoints(values: unknown): boolean {
  let before = -1
  return (
    Array.isArray(values) &&
    values.every((value) => {
      if (!Array.isArray(value) || !value.every((part) => Number.isSafeInteger(part) && part >= 0))
        return false
      const isBehind = value.length === 2 && value[0] > before
      before = value[0]
      return isBehind
    })
  )
}
