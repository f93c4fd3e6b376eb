export interface Slots {
  /** Waits for a free slot and takes it. */
  take(): Promise<void>
  release(): void
}

/** Limits how many uploads run at the same time. Those that wait start in their order. */
export function createSlots(count: number): Slots {
  let free = count
  const waiting: (() => void)[] = []
  return {
    take: async () => {
      if (free === 0) return new Promise((resolve) => waiting.push(resolve))
      free--
    },
    release: () => {
      const next = waiting.shift()
      if (next === undefined) free++
      else next()
    },
  }
}
