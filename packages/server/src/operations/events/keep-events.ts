import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/** Time before the expiry of a File at which its event comes. Files that live shorter have none. */
const EXPIRING_MS = 24 * 60 * 60 * 1000

/** Adds `file.expiring` for some Files that expire within a day; returns their number. */
export const noteExpiringFiles = defineOperation(
  { action: 'noteExpiringFiles', kind: 'routine', scope: 'operator' },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    _caller: Caller<null>,
    limit: number,
  ): Promise<number> => database.events.noteExpiring(now(), now() + EXPIRING_MS, limit),
)

export interface ForgetEventsInput {
  /** Retention of events. */
  readonly eventMs: number
  readonly limit: number
}

/** Deletes some events and deliveries after their retention; returns the larger of both numbers. */
export const forgetEvents = defineOperation(
  { action: 'forgetEvents', kind: 'routine', scope: 'operator' },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    _caller: Caller<null>,
    { eventMs, limit }: ForgetEventsInput,
  ): Promise<number> => {
    const beforeMs = now() - eventMs
    const deliveries = await database.webhooks.forgetDeliveries(beforeMs, limit)
    return Math.max(deliveries, await database.events.forget(beforeMs, limit))
  },
)
