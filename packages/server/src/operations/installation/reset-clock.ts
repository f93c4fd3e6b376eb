import type { ClockMark } from '../../database/records/installation.ts'
import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Sets the installation's time to the machine's, even to an earlier one. Running servers follow within a minute. */
export const resetClock = defineOperation(
  { action: 'resetClock', kind: 'change', scope: 'operator' },
  async (
    { database }: Pick<Context, 'database'>,
    _operator: Caller<null>,
    machineMs: number,
  ): Promise<ClockMark> => database.installation.resetClock(machineMs),
)
