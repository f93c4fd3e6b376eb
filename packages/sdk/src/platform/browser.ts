import { blobSource } from '../source/blob-source.ts'
import { localSessionStore } from './local-session-store.ts'
import { lockInBrowser } from './lock-in-browser.ts'
import type { Platform } from './platform.ts'

export const platform: Platform = {
  streamsBodies: false,
  compilesModules: false,
  openPath: async () => {
    throw new TypeError('Browsers cannot open paths. Pass a File, a Blob, bytes or a stream.')
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
