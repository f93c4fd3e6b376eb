import type { Holding, Holdings } from '../storage.ts'
import type { WriterTurns } from '../writer-locks.ts'

interface Held {
  readonly objects: ReadonlyMap<string, { readonly metadata: { readonly createdAtMs: number } }>
  readonly uploads: ReadonlyMap<string, { readonly modifiedAtMs: number }>
}

/** One section. There are no strays: nothing here outlives a crash. */
export function createMemoryHoldings({ objects, uploads }: Held, turns: WriterTurns): Holdings {
  let standing: string | null = null
  return {
    sections: 1,
    list: async function* list(): AsyncGenerator<Holding> {
      for (const [name, { metadata }] of objects) {
        yield { kind: 'object', name, modifiedAtMs: metadata.createdAtMs }
      }
      for (const [name, { modifiedAtMs }] of uploads) {
        if (!turns.isTaken(name)) yield { kind: 'upload', name, modifiedAtMs }
      }
    },
    removeStray: async () => false,
    owner: async (candidate) => {
      standing ??= candidate
      return standing
    },
    knownOwner: async () => standing,
  }
}
