import { setTimeout as delay } from 'node:timers/promises'
import type { CommandIo } from '../command-io.ts'

/** Time limit for a response. It is short, so that the user sees the first message within 5 s of the command. */
const RESPONSE_MS = 3000
const FIRST_PAUSE_MS = 1000
const MAX_PAUSE_MS = 15_000

/**
 * Waits until the service at `url` answers with any HTTP status. Makes at most `tries` attempts. Prints the reason of
 * each failed attempt on standard error; after the last one, throws an error whose message is for the user.
 */
export async function waitForService(io: CommandIo, url: string, tries: number): Promise<void> {
  const health = `${url.replace(/\/+$/, '')}/v1/health`
  for (let triesLeft = tries - 1; ; triesLeft--) {
    const reason = await failureReason(health)
    if (reason === null) return
    const problem = `${url} does not respond (${reason}).`
    if (triesLeft === 0) throw new Error(`${problem} Is the URL correct, and is the service running?`)
    const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1 - triesLeft))
    io.printError(
      `${problem} Retrying in ${pauseMs / 1000} s, ${triesLeft} ${triesLeft === 1 ? 'try' : 'tries'} left.`,
    )
    await delay(pauseMs)
  }
}

/** Returns the reason why there is no response, or null when there is one. */
async function failureReason(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(RESPONSE_MS) })
    await answer.body?.cancel()
    return null
  } catch (error) {
    if (!(error instanceof Error)) return 'unknown error'
    if (error.name === 'TimeoutError') return `no response within ${RESPONSE_MS / 1000} s`
    const { cause } = error
    return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection'
  }
}
