import { setTimeout as delay } from 'node:timers/promises'

const DEADLINE_MS = 60_000
const PAUSE_MS = 20

/** Asks again until the answer is one, and fails with `expectation` when none comes for a long time. */
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

/** The promise itself, or a failure with `expectation` when it never settles. */
export async function within<T>(expectation: string, promise: Promise<T>): Promise<T> {
  const ended = new AbortController()
  const expiry = delay(DEADLINE_MS, undefined, { signal: ended.signal }).then(
    () => {
      throw new Error(`never came true: ${expectation}`)
    },
    // The promise was faster.
    () => promise,
  )
  try {
    return await Promise.race([promise, expiry])
  } finally {
    ended.abort()
  }
}
