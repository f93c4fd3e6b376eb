import type { Caller } from '../../domain/access/caller.ts'
import type { Context } from '../context.ts'
import { defineOperation } from '../define-operation.ts'

/**
 * Expires up to `limit` vector stores whose time without activity is over: their files leave them, and their records
 * stay. Returns the number of expired stores. Not audited: the expiry is part of the recorded store.
 */
export const expireVectorStores = defineOperation(
  { action: 'expireVectorStores', kind: 'routine', scope: 'operator' },
  async (
    { database, knowledge, log, now }: Pick<Context, 'database' | 'knowledge' | 'log' | 'now'>,
    _caller: Caller<null>,
    limit: number,
  ): Promise<number> => {
    const expired = await database.vectorStores.indexing.expireStores(now(), limit)
    for (const storeId of expired) {
      try {
        await knowledge.index.drop(storeId)
      } catch (error) {
        // No search reads the index of an expired store.
        log.warn(
          { err: error, vector_store_id: storeId },
          'the index of an expired store could not be deleted',
        )
      }
    }
    return expired.length
  },
)

/** Time for which a task that was given up shows the operator its last error. */
const DEAD_TASKS_KEPT_MS = 7 * 24 * 60 * 60 * 1000

/** Forgets up to `limit` of each kind of record that vector stores need no longer. Returns the number of forgotten ones. */
export const forgetStoreRecords = defineOperation(
  { action: 'forgetStoreRecords', kind: 'routine', scope: 'operator' },
  async (
    { database, now }: Pick<Context, 'database' | 'now'>,
    _caller: Caller<null>,
    limit: number,
  ): Promise<number> => {
    const forgotten = await database.vectorStores.indexing.forget(now(), limit)
    return forgotten + (await database.tasks.forgetDead(now() - DEAD_TASKS_KEPT_MS, limit))
  },
)
