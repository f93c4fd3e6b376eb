import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SweepContext, SweepRun } from './sweep-run.ts'

/** Organizations whose sessions one query counts. It takes some milliseconds at the default limit of sessions. */
const ORGANIZATIONS_AT_A_TIME = 10

/**
 * Corrects the stored counts of unfinished sessions, starting after an organization. Returns the position for the
 * next run; an empty string when all organizations were checked.
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
