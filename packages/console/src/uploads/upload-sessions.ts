import type { SessionStore } from '@waybill/sdk'
import { forgetStored } from './stored-entries.ts'

const PREFIX = 'waybill-console upload-session '

/** What the client library needs to go on with an upload after a reload. */
export const uploadSessions: SessionStore = {
  get: async (key) => localStorage.getItem(PREFIX + key),
  set: async (key, text) => localStorage.setItem(PREFIX + key, text),
  remove: async (key) => localStorage.removeItem(PREFIX + key),
}

/** Session URIs are credentials: they go when somebody signs out. */
export const forgetUploadSessions = (): void => forgetStored(PREFIX)
