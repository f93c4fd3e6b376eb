import { blobSource } from '../source/blob-source.ts'
import { claimInBrowser } from './claim-in-browser.ts'
import { localSessionStore } from './local-session-store.ts'
import type { Platform } from './platform.ts'

export const platform: Platform = {
  streamsBodies: false,
  compilesModules: false,
  openPath: async () => {
    throw new TypeError('a browser has no paths: give a File, a Blob, bytes or a stream')
  },
  gather: async (stream) => {
    // The browser moves what does not fit its memory to its disk.
    const parts: Blob[] = []
    for await (const piece of stream) parts.push(new Blob([piece]))
    return blobSource(new Blob(parts))
  },
  sessionStore: localSessionStore,
  claim: claimInBrowser,
}
