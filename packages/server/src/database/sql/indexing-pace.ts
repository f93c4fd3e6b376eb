import type { IndexingPace } from '../../domain/vector-stores/estimate-completion.ts'
import { INDEXING_TASK } from '../records/vector-stores.ts'
import { type Transactions, toJsonParameter } from './transactions.ts'

/** Completed files of whose times the median is taken: a few long scans do not change it. */
const TIMED_FILES = 100
/** Waiting files whose places are found, so that the cost does not grow with the queue. */
const PLACED_FILES = 10_000

const ofTasks = (state: 'ready' | 'running') =>
  `tasks.kind = $kind AND tasks.state = '${state}' AND tasks.organization_id = $organizationId`

/** The first columns are in the index, so that only the tasks of `$keys` are read. */
const waiting = (isKey: string) => `
  SELECT tasks.key, tasks.run_at_ms, waiting.place FROM (
    SELECT id, row_number() OVER (ORDER BY run_at_ms, id) AS place FROM (
      SELECT id, run_at_ms FROM tasks WHERE ${ofTasks('ready')} ORDER BY run_at_ms, id LIMIT ${PLACED_FILES}
    ) AS first_tasks
  ) AS waiting JOIN tasks ON tasks.id = waiting.id
  WHERE ${isKey}`

/** Reads what estimates need; see `IndexingRecords.readPace`. */
export async function readPace(
  { get, all, dialect }: Transactions,
  organizationId: string,
  storeFileIds: readonly string[],
  { model, sinceMs }: { readonly model: string | null; readonly sinceMs: number },
): Promise<IndexingPace> {
  const kind = INDEXING_TASK
  // Served by the index on the model, which `IS NOT DISTINCT FROM` would not use.
  const ofModel = model === null ? 'embedding_model IS NULL' : 'embedding_model = $model'
  const [recent, running, places] = await Promise.all([
    get(
      `SELECT run_ms AS median_run_ms FROM (
         SELECT run_ms, row_number() OVER (ORDER BY run_ms) AS place, count(*) OVER () AS number_of_files FROM (
           SELECT ended_at_ms - started_at_ms AS run_ms FROM vector_store_files
           WHERE removed_at_ms IS NULL AND chunk_count > 0 AND status = 'completed' AND ${ofModel}
             AND ended_at_ms > $sinceMs
           ORDER BY ended_at_ms DESC LIMIT ${TIMED_FILES}) AS recent) AS ordered
       WHERE place = (number_of_files + 1) / 2`,
      { sinceMs, ...(model !== null && { model }) },
    ),
    get(`SELECT count(*) AS running FROM tasks WHERE ${ofTasks('running')}`, { kind, organizationId }),
    all(waiting(dialect.isOneOf('tasks.key', '$keys')), {
      ...{ kind, organizationId },
      keys: toJsonParameter(storeFileIds),
    }),
  ])
  return {
    medianRunMs: recent?.median_run_ms == null ? null : Number(recent.median_run_ms),
    running: Number(running?.running),
    waiting: new Map(
      places.map((row) => [
        String(row.key),
        { before: Number(row.place) - 1, runAtMs: Number(row.run_at_ms) },
      ]),
    ),
  }
}
