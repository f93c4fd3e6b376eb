import { createId } from '../../domain/ids.ts'
import { TASK_DEADLINE_MS } from '../records/tasks.ts'
import { INDEXING_TASK } from '../records/vector-stores.ts'
import { changeRows, type Dialect, type Steps, toJsonParameter } from './transactions.ts'

/** Inserts a task for each association. One that exists starts again, and its worker loses it. */
export function* queueIndexing(
  dialect: Dialect,
  organizationId: string,
  storeFileIds: readonly string[],
  nowMs: number,
): Steps<void> {
  if (storeFileIds.length === 0) return
  const tasks = storeFileIds.map((key) => ({
    id: createId('task'),
    key,
    nowMs,
    deadlineAtMs: nowMs + TASK_DEADLINE_MS,
  }))
  yield* changeRows(
    `INSERT INTO tasks (id, kind, organization_id, key, payload, state, attempts, run_at_ms, deadline_at_ms, created_at_ms)
     SELECT value ->> 'id', '${INDEXING_TASK}', $organizationId, value ->> 'key', '{}', 'ready', 0,
       CAST(value ->> 'nowMs' AS BIGINT), CAST(value ->> 'deadlineAtMs' AS BIGINT), CAST(value ->> 'nowMs' AS BIGINT)
     FROM ${dialect.jsonItems('$tasks')} WHERE true
     ON CONFLICT (kind, key) WHERE state IN ('ready', 'running') DO UPDATE SET
       state = 'ready', attempts = 0, run_at_ms = excluded.run_at_ms, lease_token = NULL, lease_until_ms = NULL,
       deadline_at_ms = excluded.deadline_at_ms, last_error = NULL, created_at_ms = excluded.created_at_ms
     WHERE tasks.organization_id = excluded.organization_id`,
    { organizationId, tasks: toJsonParameter(tasks) },
  )
}

/** Deletes the unfinished tasks of associations. Their workers lose them. */
export function* cancelIndexing(
  dialect: Dialect,
  organizationId: string,
  storeFileIds: readonly string[],
): Steps<void> {
  if (storeFileIds.length === 0) return
  yield* changeRows(
    `DELETE FROM tasks WHERE kind = '${INDEXING_TASK}' AND state IN ('ready', 'running')
       AND organization_id = $organizationId AND ${dialect.isOneOf('key', '$keys')}`,
    { organizationId, keys: toJsonParameter(storeFileIds) },
  )
}
