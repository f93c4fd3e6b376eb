import { cancelUpload, type SessionStore, type Waybill } from '@waybill/sdk'
import { ownUrl } from '../workspace/service-url.ts'
import type { KnownFile } from './interrupted-uploads.ts'
import { removeStored, storedEntries } from './stored-entries.ts'

const PREFIX = 'waybill-console upload-session '

/** Session store of the client library, which needs it to resume uploads after a reload. */
export const uploadSessions: SessionStore = {
  get: async (key) => localStorage.getItem(PREFIX + key),
  set: async (key, text) => localStorage.setItem(PREFIX + key, text),
  remove: async (key) => localStorage.removeItem(PREFIX + key),
}

/** Removes all session URIs. Called at sign-out, because they are credentials. */
export const forgetUploadSessions = (): void => removeStored(PREFIX)

/**
 * Removes the sessions of these files, and cancels them in the service, which releases their reservations. Resolves also
 * when the service cannot be reached: the sessions then expire later.
 */
export async function cancelUploadSessions(
  client: Waybill,
  organizationId: string,
  files: readonly KnownFile[],
): Promise<void> {
  const wanted = new Set(files.map((file) => textOf(organizationId, file)))
  const found = storedEntries(PREFIX).filter(([key]) => wanted.has(fileTextOf(key)))
  // Removed before the first request: another page must not resume a session that is being cancelled.
  for (const [key] of found) localStorage.removeItem(key)
  await Promise.all(found.map(([, text]) => cancelStored(client, text).catch(() => {})))
}

const fetchOwn: typeof fetch = (input, init) => fetch(ownUrl(String(input)), init)

async function cancelStored(client: Waybill, text: string): Promise<void> {
  const { uploadUrl, fileId } = JSON.parse(text)
  // Works at sign-out too, because the URL is its own credential.
  await cancelUpload(uploadUrl, { fetch: fetchOwn }).catch(() => {})
  // A session whose bytes are complete, or elsewhere, is only cancelled in this way.
  await client.files.cancelUpload(fileId)
}

const textOf = (organizationId: string, { name, sizeBytes, modifiedMs }: KnownFile): string =>
  JSON.stringify([organizationId, name, sizeBytes, modifiedMs])

/** Returns the same text for the key of an entry, which the client library has made. */
function fileTextOf(key: string): string {
  try {
    return JSON.stringify(JSON.parse(key.slice(PREFIX.length)).slice(1, 5))
  } catch {
    return ''
  }
}
