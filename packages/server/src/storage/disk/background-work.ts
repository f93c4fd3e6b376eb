/** Work that runs beside an upload, one piece at a time. */
export interface BackgroundWork {
  /** Begins the work, unless other work is in progress. Never throws; see `finish`. */
  start(work: () => Promise<void>): void
  /** Waits for the work; throws the first error. */
  finish(): Promise<void>
  /** Waits for the work; never throws. */
  settled(): Promise<void>
  hasFailed(): boolean
}

export function createBackgroundWork(): BackgroundWork {
  let running: Promise<void> | null = null
  let failure: { readonly error: unknown } | null = null
  return {
    start: (work) => {
      running ??= work()
        .catch((error) => {
          failure ??= { error }
        })
        .finally(() => {
          running = null
        })
    },
    finish: async () => {
      await running
      if (failure) throw failure.error
    },
    settled: async () => {
      await running
    },
    hasFailed: () => failure !== null,
  }
}
