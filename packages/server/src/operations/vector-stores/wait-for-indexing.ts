import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '../context.ts'

const FIRST_CHECK_MS = 20
const MAX_CHECK_MS = 200

/** Waits until `isFinished` returns true, at most `waitMs`, so that the result of small files needs no further request. */
export async function waitForIndexing(
  { now }: Pick<Context, 'now'>,
  waitMs: number,
  isFinished: () => Promise<boolean>,
): Promise<void> {
  const untilMs = now() + waitMs
  for (let delayMs = FIRST_CHECK_MS; now() < untilMs; delayMs = Math.min(2 * delayMs, MAX_CHECK_MS)) {
    if (await isFinished()) return
    await sleep(Math.min(delayMs, Math.max(1, untilMs - now())))
  }
}
