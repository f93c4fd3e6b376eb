/** Turns of scans, between organizations. */
export interface ScanTurns {
  /** Runs the work when it is its turn: organizations have turns one after the other, each in the order of its calls. */
  take<Result>(organizationId: string, work: () => Promise<Result>): Promise<Result>
}

export interface ScanTurnsOptions {
  /** Work of all organizations that runs at the same time. */
  readonly max: number
  readonly maxPerOrganization: number
}

/** Creates turns within this process, by the rules of the queue of tasks. */
export function createScanTurns({ max, maxPerOrganization }: ScanTurnsOptions): ScanTurns {
  const running = new Map<string, number>()
  /** The organization whose turn is next comes first. */
  const waiting = new Map<string, (() => void)[]>()
  let total = 0
  const runningOf = (organizationId: string) => running.get(organizationId) ?? 0

  const change = (organizationId: string, by: 1 | -1) => {
    total += by
    const count = runningOf(organizationId) + by
    if (count === 0) running.delete(organizationId)
    else running.set(organizationId, count)
  }
  const startNext = () => {
    const [next] = [...waiting].find(([id]) => runningOf(id) < maxPerOrganization) ?? []
    if (total >= max || next === undefined) return
    const [start, ...rest] = waiting.get(next) ?? []
    waiting.delete(next)
    if (rest.length > 0) waiting.set(next, rest)
    change(next, 1)
    start?.()
  }
  return {
    take: async (organizationId, work) => {
      const turn = Promise.withResolvers<void>()
      waiting.set(organizationId, [...(waiting.get(organizationId) ?? []), turn.resolve])
      startNext()
      await turn.promise
      try {
        return await work()
      } finally {
        change(organizationId, -1)
        startNext()
      }
    },
  }
}
