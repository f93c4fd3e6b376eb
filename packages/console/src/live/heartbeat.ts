/** Limits of one connection: its signal is aborted when nothing extends its life, and when the page is hidden for long. */
export interface Attempt {
  readonly signal: AbortSignal
  /** Gives the connection so much time from now on. */
  extend(ms: number): void
  end(): void
}

export interface Heartbeat {
  begin(ms: number): Attempt
  /** True while the page has been hidden for long. */
  isAsleep(): boolean
  /** Waits while the page is asleep. */
  untilAwake(): Promise<void>
  /** Waits, but not longer than until the browser is online again. */
  wait(ms: number): Promise<void>
  isClosed(): boolean
  close(): void
}

/** Creates the clock of a connection that is opened again and again. */
export function createHeartbeat(maxHiddenMs: number): Heartbeat {
  const closing = new AbortController()
  const options = { signal: closing.signal }
  let attempt: AbortController | null = null
  let hiding: ReturnType<typeof setTimeout> | undefined
  let isAsleep = false
  let wake = () => {}

  const onVisibility = () => {
    clearTimeout(hiding)
    if (document.visibilityState === 'visible') {
      isAsleep = false
      wake()
    } else {
      hiding = setTimeout(() => {
        isAsleep = true
        attempt?.abort()
      }, maxHiddenMs)
    }
  }
  document.addEventListener('visibilitychange', onVisibility, options)
  window.addEventListener('online', () => wake(), options)

  return {
    begin: (ms) => {
      const own = new AbortController()
      attempt = own
      let timer = setTimeout(() => own.abort(), ms)
      return {
        signal: AbortSignal.any([closing.signal, own.signal]),
        extend: (more) => {
          clearTimeout(timer)
          timer = setTimeout(() => own.abort(), more)
        },
        end: () => {
          clearTimeout(timer)
          own.abort()
        },
      }
    },
    isAsleep: () => isAsleep,
    untilAwake: async () => {
      if (!isAsleep || closing.signal.aborted) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    },
    wait: async (ms) => {
      let timer: ReturnType<typeof setTimeout> | undefined
      await new Promise<void>((resolve) => {
        wake = resolve
        timer = setTimeout(resolve, ms)
      })
      clearTimeout(timer)
    },
    isClosed: () => closing.signal.aborted,
    close: () => {
      closing.abort()
      clearTimeout(hiding)
      wake()
    },
  }
}
