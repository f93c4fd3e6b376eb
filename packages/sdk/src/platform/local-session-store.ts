import { isExpired } from '../upload/is-expired.ts'
import type { SessionStore } from './platform.ts'

const PREFIX = 'waybill-upload '

interface KeyValues {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/**
 * Stores sessions in `localStorage`. Returns null when there is none or the browser denies access. The first write also
 * removes expired sessions.
 */
export function localSessionStore(): SessionStore | null {
  const storage = localStorageOrNull()
  if (storage === null) return null
  let isSwept = false
  return {
    get: async (key) => storage.getItem(PREFIX + key),
    set: async (key, text) => {
      if (!isSwept) sweep(storage)
      isSwept = true
      storage.setItem(PREFIX + key, text)
    },
    remove: async (key) => storage.removeItem(PREFIX + key),
  }
}

function sweep(storage: KeyValues): void {
  const names = Array.from({ length: storage.length }, (_, index) => storage.key(index))
  for (const name of names) {
    if (name?.startsWith(PREFIX) && isExpired(storage.getItem(name) ?? '')) storage.removeItem(name)
  }
}

function localStorageOrNull(): KeyValues | null {
  try {
    return (globalThis as { readonly localStorage?: KeyValues }).localStorage ?? null
  } catch {
    return null
  }
}
