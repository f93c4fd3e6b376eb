import { createCipheriv, createHash } from 'node:crypto'

/** Choices that a seed decides: the same seed, the same choices. */
export interface Random {
  /** A whole number from 0 on, below `limit`. */
  below(limit: number): number
  chance(probability: number): boolean
  pick<T>(choices: readonly T[]): T
}

/** Mulberry32: small, fast, and random enough to find what we look for. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b9) | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (choices) => {
      const choice = choices[below(choices.length)]
      if (choice === undefined) throw new Error('there is nothing to pick from')
      return choice
    },
  }
}

/** Bytes that `text` decides. */
export function bytesOf(text: string, length: number): Buffer {
  const key = createHash('sha256').update(text).digest()
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length))
}
