import type { SessionStore } from '@waybill/sdk'
import { removeStored } from './stored-entries.ts'

const PREFIX = 'waybill-console upload-session '

/** Session store of the client library, which needs it to resume uploads after a reload. */
export const uploadSessions: SessionStore = {
  get: async (key) => localStorage.getItem(PREFIX + key),
  set: async (key, text) => localStorage.setItem(PREFIX + key, text),
  remove: async (key) => localStorage.removeItem(PREFIX + key),
}

/** Removes all session URIs. Called at sign-out, because they are credentials. */
export const forgetUploadSessions = (): void => removeStored(PREFIX)
