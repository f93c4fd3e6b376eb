import type { SessionStore } from '../src/waybill.ts'

/** A store that a test can look into. */
export function createMemoryStore(): SessionStore & { readonly kept: ReadonlyMap<string, string> } {
  const kept = new Map<string, string>()
  return {
    kept,
    get: async (key) => kept.get(key) ?? null,
    set: async (key, text) => {
      kept.set(key, text)
    },
    remove: async (key) => {
      kept.delete(key)
    },
  }
}
