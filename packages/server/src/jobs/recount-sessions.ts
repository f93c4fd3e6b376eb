import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SweepContext, SweepRun } from './sweep-run.ts'

/** One read counts the sessions of this many organizations: at the default limit, some milliseconds. */
const ORGANIZATIONS_AT_A_TIME = 10

/**
 * Sets right the kept counts of unfinished sessions, from behind an organization on. Returns where the next run goes
 * on; the empty text when this one came to the end.
 */
export async function recountSessions(
  { database }: Pick<SweepContext, 'database'>,
  { maxExamined, signal }: Pick<SweepRun, 'maxExamined' | 'signal'>,
  firstAfterId: string,
): Promise<string> {
  let afterId = firstAfterId
  for (let examined = 0; examined < maxExamined && !signal.aborted; examined += ORGANIZATIONS_AT_A_TIME) {
    const lastId = await database.housekeeping.recountSessions(afterId, ORGANIZATIONS_AT_A_TIME)
    if (lastId === null) return ''
    afterId = lastId
    await nextTurn()
  }
  return afterId
}
