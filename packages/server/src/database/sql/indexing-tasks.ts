import { INDEXING_TASK, OCR_TASK } from '../records/vector-stores.ts'
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
  yield* cancelTasks(dialect, organizationId, OCR_TASK, storeFileIds)
  yield* insertTasks(dialect, tasks, 'replace')
}

/** Deletes the unfinished tasks of associations. Their workers lose them. */
export function* cancelIndexing(
  dialect: Dialect,
  organizationId: string,
  storeFileIds: readonly string[],
): Steps<void> {
  for (const kind of [INDEXING_TASK, OCR_TASK])
    yield* cancelTasks(dialect, organizationId, kind, storeFileIds)
}
