import { setTimeout as delay } from 'node:timers/promises'
import type { CommandIo } from '../command-io.ts'

/** Time for the service to answer. With the start of this program, the user is told within 5 s that it does not. */
const ANSWER_MS = 3000
const FIRST_PAUSE_MS = 1000
const MAX_PAUSE_MS = 15_000

/**
 * Waits until there is any HTTP response from `url`. Reports each failed attempt on standard error, and throws a
 * message for the user after `tries` attempts.
 */
export async function waitForService(io: CommandIo, url: string, tries: number): Promise<void> {
  const health = `${url.replace(/\/+$/, '')}/v1/health`
  for (let left = tries - 1; ; left--) {
    const silence = await silenceOf(health)
    if (silence === null) return
    const problem = `${url} does not answer (${silence}).`
    if (left === 0) throw new Error(`${problem} Is the URL correct, and is the service running?`)
    const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1 - left))
    io.printError(`${problem} Retrying in ${pauseMs / 1000} s, ${left} more.`)
    await delay(pauseMs)
  }
}

/** Returns the reason why there is no response, or null when there is one. */
async function silenceOf(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS) })
    await answer.body?.cancel()
    return null
  } catch (error) {
    if (!(error instanceof Error)) return 'it failed'
    if (error.name === 'TimeoutError') return `nothing within ${ANSWER_MS / 1000} s`
    const { cause } = error
    return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection'
  }
}
