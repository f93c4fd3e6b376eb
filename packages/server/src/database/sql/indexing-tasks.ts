import { INDEXING_TASK } from '../records/vector-stores.ts'
import { cancelTasks, insertTasks } from './task-statements.ts'
import type { Dialect, Steps } from './transactions.ts'

/** Inserts a task for each association. One that exists starts again, and its worker loses it. */
export function* queueIndexing(
  dialect: Dialect,
  organizationId: string,
  storeFileIds: readonly string[],
  nowMs: number,
): Steps<void> {
  const tasks = storeFileIds.map((key) => ({
    ...{ kind: INDEXING_TASK, organizationId, key, payload: '{}', createdAtMs: nowMs },
  }))
  yield* insertTasks(dialect, tasks, 'replace')
}

/** Deletes the unfinished tasks of associations. Their workers lose them. */
export function* cancelIndexing(
  dialect: Dialect,
  organizationId: string,
  storeFileIds: readonly string[],
): Steps<void> {
  yield* cancelTasks(dialect, organizationId, INDEXING_TASK, storeFileIds)
}
