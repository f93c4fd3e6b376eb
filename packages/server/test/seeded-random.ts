export interface SeededRandom {
  /** Returns an integer from `low` to `high`, both inclusive. */
  integer(low: number, high: number): number
  pick<T>(values: readonly T[]): T
  /** Returns true with this probability, from 0 to 1. */
  chance(probability: number): boolean
  bytes(length: number): Buffer
}

/** Creates a pseudo-random generator (mulberry32). Equal seeds give equal numbers. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const integer = (low: number, high: number) => low + (next() % (high - low + 1))
  return {
    integer,
    pick: (values) => {
      const value = values[integer(0, values.length - 1)]
      if (value === undefined) throw new Error('there is nothing to pick from')
      return value
    },
    chance: (probability) => next() / 2 ** 32 < probability,
    bytes: (length) => Buffer.from(Array.from({ length }, () => next() & 0xff)),
  }
}
