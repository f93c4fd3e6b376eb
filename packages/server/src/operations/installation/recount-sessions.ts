import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

export interface RecountInput {
  /** Id after which the run begins; empty for the first organization. */
  readonly afterOrganizationId: string
  /** Number of organizations after which the run ends. */
  readonly maxExamined: number
  /** Stops the run after the current query. */
  readonly signal: AbortSignal
}

/** Organizations whose sessions one query counts. It takes some milliseconds at the default limit of sessions. */
const ORGANIZATIONS_AT_A_TIME = 10

/**
 * Corrects the stored counts of unfinished sessions, starting after an organization. Returns the position for the
 * next run; an empty string when all organizations were checked.
 */
export const recountSessions = defineOperation(
  { action: 'recountSessions', kind: 'routine', scope: 'operator' },
  async (
    { database }: Pick<Context, 'database'>,
    _caller: Caller<null>,
    { afterOrganizationId, maxExamined, signal }: RecountInput,
  ): Promise<string> => {
    let afterId = afterOrganizationId
    for (let examined = 0; examined < maxExamined && !signal.aborted; examined += ORGANIZATIONS_AT_A_TIME) {
      const lastId = await database.housekeeping.recountSessions(afterId, ORGANIZATIONS_AT_A_TIME)
      if (lastId === null) return ''
      afterId = lastId
      await nextTurn()
    }
    return afterId
  },
)
