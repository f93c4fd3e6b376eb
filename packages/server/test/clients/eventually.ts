import { setTimeout as delay } from 'node:timers/promises'

/** Time limit, much longer than a passing test takes on a busy machine. */
const DEADLINE_MS = 120_000
const PAUSE_MS = 20

/** Repeats `probe` until it has a result. Fails with `expectation` at the time limit. */
export async function eventually<T>(
  expectation: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS
  while (Date.now() < deadline) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    await delay(PAUSE_MS)
  }
  throw new Error(`never came true: ${expectation}`)
}

/** Waits for the promise. Fails with `expectation` at the time limit. */
export async function within<T>(expectation: string, promise: Promise<T>): Promise<T> {
  const ended = new AbortController()
  const expiry = delay(DEADLINE_MS, undefined, { signal: ended.signal }).then(
    () => {
      throw new Error(`never came true: ${expectation}`)
    },
    // Cancelled, because the promise was faster.
    () => promise,
  )
  try {
    return await Promise.race([promise, expiry])
  } finally {
    ended.abort()
  }
}
