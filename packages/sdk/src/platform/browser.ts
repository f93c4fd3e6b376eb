import { blobSource } from '../source/blob-source.ts'
import { localSessionStore } from './local-session-store.ts'
import { lockInBrowser } from './lock-in-browser.ts'
import type { Platform } from './platform.ts'

const MAX_HASHED_BYTES = 64 * 1024 * 1024

export const platform: Platform = {
  streamsBodies: false,
  compileSlices: null,
  openPath: async () => {
    throw new TypeError('Browsers cannot open paths. Pass a File, a Blob, bytes or a stream.')
  },
  sha256: async (source) => {
    // Web Crypto computes it of bytes in memory only, and only in pages of a secure origin.
    if (source.sizeBytes > MAX_HASHED_BYTES || globalThis.crypto?.subtle === undefined) return null
    const digest = await crypto.subtle.digest('SHA-256', await source.read(0, source.sizeBytes))
    await source.assertUnchanged()
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  },
  spool: async (stream) => {
    // Browsers move large Blobs to disk.
    const parts: Blob[] = []
    for await (const piece of stream) parts.push(new Blob([piece]))
    return blobSource(new Blob(parts))
  },
  sessionStore: localSessionStore,
  tryLock: lockInBrowser,
}
