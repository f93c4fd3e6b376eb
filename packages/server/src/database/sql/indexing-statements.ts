import { ServiceError } from '../../domain/errors.ts'
import type { LogEntry, StoreFile, StoreFileError } from '../../domain/vector-stores/store-file.ts'
import type { StorePlace } from '../../domain/vector-stores/vector-store.ts'
import { MAX_TASK_AGE_MS, type Task } from '../records/tasks.ts'
import {
  type FileChanges,
  type IndexedResult,
  type IndexingRecords,
  OCR_TASK,
} from '../records/vector-stores.ts'
import { readPace } from './indexing-pace.ts'
import { JOIN_FILE } from './store-file-statements.ts'
import { createStoreHousekeepingStatements } from './store-housekeeping-statements.ts'
import { buryTask, finishTask, insertTask, ownTask } from './task-statements.ts'
import {
  changeRows,
  type Dialect,
  getRow,
  type Steps,
  type Transactions,
  toJsonParameter,
} from './transactions.ts'
import { ALIVE, unindexed } from './vector-store-access.ts'
import { FILE_FACTS, toAttributes, toStoreFile } from './vector-store-rows.ts'

/** Log entries of a file that are kept. */
const MAX_LOG_ENTRIES = 200

/** Age at which a scan is given up that only waited: some hundred long scans before it take days. */
const MAX_OCR_AGE_MS = 7 * MAX_TASK_AGE_MS

/** Condition for the association of a task. Takes `taskParameters`. */
const OF_TASK = `vector_store_files.id = $storeFileId AND vector_store_files.organization_id = $organizationId
  AND vector_store_files.removed_at_ms IS NULL AND vector_store_files.status IN ('pending', 'processing')`

const taskParameters = ({ key, organizationId }: Task) => ({ storeFileId: key, organizationId })

const BEGIN = `
  UPDATE vector_store_files SET status = 'processing', step = 'extracting', progress_percent = 0,
    attempts = $attempt, started_at_ms = COALESCE(started_at_ms, $nowMs)
  WHERE ${OF_TASK}
    AND EXISTS (SELECT 1 FROM vector_stores WHERE vector_stores.id = vector_store_id AND ${ALIVE})`

const WAIT_AGAIN = `
  UPDATE vector_store_files SET status = 'pending', step = 'queued', progress_percent = 0, started_at_ms = NULL
  WHERE ${OF_TASK}`

/** Parts of revisions that were begun and not completed. */
const DELETE_OTHER_PARTS = `
  DELETE FROM vector_store_documents WHERE vector_store_file_id = $storeFileId
    AND revision <> COALESCE((SELECT revision FROM vector_store_files WHERE id = $storeFileId), '')`

const NEXT_SEQ = '(SELECT seq + 1 FROM vector_stores WHERE vector_stores.id = vector_store_id)'

const COMPLETE = `
  UPDATE vector_store_files SET seq = ${NEXT_SEQ}, status = 'completed', step = 'done', progress_percent = 100,
    error_code = NULL, error_message = NULL, ended_at_ms = $nowMs, revision = $revision, part_count = $parts,
    chunk_count = $chunkCount, usage_bytes = $usageBytes, embedding_model = $embeddingModel
  WHERE ${OF_TASK}`

const FAIL = `
  UPDATE vector_store_files SET seq = ${NEXT_SEQ}, status = 'failed', error_code = $code, error_message = $message,
    ended_at_ms = $nowMs, revision = NULL, part_count = 0, chunk_count = 0, usage_bytes = 0, embedding_model = NULL
  WHERE ${OF_TASK}`

const KEEP_REVISION = `
  UPDATE vector_store_files SET status = 'completed', step = 'done', progress_percent = 100, ended_at_ms = $nowMs
  WHERE ${OF_TASK} AND revision IS NOT NULL`

/** Files with chunks of which the model made no vectors. Three ranges of an index, which `<>` would not use. */
const lackingVectors = (columns: string, condition: string, tail: string) =>
  ['embedding_model IS NULL', 'embedding_model < $model', 'embedding_model > $model']
    .map(
      (range) => `SELECT * FROM (SELECT ${columns} FROM vector_store_files
        WHERE removed_at_ms IS NULL AND chunk_count > 0 AND ${range} AND ${condition} ${tail}) AS lacking`,
    )
    .join(' UNION ALL ')

const FIND_LIVE = `
  SELECT vector_store_files.file_id, vector_store_files.revision, vector_store_files.attributes, files.filename
  FROM vector_stores
  JOIN vector_store_files ON ${unindexed('vector_store_files.vector_store_id')} = $storeId
  JOIN files ON files.id = vector_store_files.file_id
    AND files.organization_id = vector_store_files.organization_id AND files.deleted_at_ms IS NULL
    AND files.trashed_at_ms IS NULL
  WHERE vector_stores.id = $storeId AND vector_stores.organization_id = $organizationId AND ${ALIVE}
    AND ${unindexed('vector_store_files.organization_id')} = $organizationId
    AND vector_store_files.removed_at_ms IS NULL`

/** State of indexing, equal on both databases. */
export function createIndexingStatements(transactions: Transactions): IndexingRecords {
  const { all, change, transact, free, dialect } = transactions
  return {
    ...createStoreHousekeepingStatements(transactions),

    begin: (task, nowMs) => transact(() => begin(task, nowMs)),

    progress: async (task, step, percent) => {
      const { count } = await change(
        `UPDATE vector_store_files SET step = $step, progress_percent = $percent
         WHERE ${OF_TASK} AND ${dialect.withoutSync}
           AND EXISTS (SELECT 1 FROM tasks WHERE tasks.id = $taskId AND lease_token = $leaseToken AND state = 'running')`,
        { ...taskParameters(task), taskId: task.id, leaseToken: task.leaseToken, step, percent },
      )
      return count > 0
    },

    deferToOcr: (task, log) => transact(() => deferToOcr(dialect, task, log)),

    addDocumentPart: (task, revision, part, bytes) =>
      transact(function* () {
        if (!(yield* ownTask(task))) return false
        const { count } = yield* changeRows(
          `INSERT INTO vector_store_documents (vector_store_file_id, revision, part, bytes)
           VALUES ($storeFileId, $revision, $part, $bytes)
           ON CONFLICT (vector_store_file_id, revision, part) DO UPDATE SET bytes = excluded.bytes`,
          { storeFileId: task.key, revision, part, bytes },
        )
        return count > 0
      }),

    complete: (task, result) => transact(() => complete(dialect, task, result)),

    // They delete the parts of the document, and a full disk must not keep a file in progress.
    fail: (task, error, nowMs) => free(() => fail(dialect, task, finishTask(task), error, nowMs)),
    giveUp: (task, cause, error, nowMs) =>
      free(() => fail(dialect, task, buryTask(task, nowMs, cause), error, nowMs)),

    addLog: (task, entry) => transact(() => addLog(task, entry)),
    readPace: (organizationId, storeFileIds, recent) =>
      readPace(transactions, organizationId, storeFileIds, recent),

    lacksVectors: async ({ organizationId, storeId }, model) => {
      const condition = 'vector_store_id = $storeId AND organization_id = $organizationId'
      const sql = lackingVectors('1 AS one', condition, 'LIMIT 1')
      return (await all(sql, { organizationId, storeId, model })).length > 0
    },

    listLackingVectors: async (model, beforeMs, limit) => {
      const columns = 'organization_id, vector_store_id, file_id'
      const condition = "status = 'completed' AND ended_at_ms < $beforeMs"
      const sql = lackingVectors(columns, condition, 'ORDER BY ended_at_ms LIMIT $limit')
      const rows = await all(`${sql} LIMIT $limit`, { model, beforeMs, limit })
      return rows.map((row) => ({
        organizationId: String(row.organization_id),
        storeId: String(row.vector_store_id),
        fileId: String(row.file_id),
      }))
    },

    changesAfter: (store, seq, limit) => changesAfter(transactions, store, { seq, limit }),

    async *readDocument(store, fileId, revision) {
      yield* readDocument(transactions, store, fileId, revision)
    },

    findLive: async ({ organizationId, storeId }, fileIds) => {
      const rows = await all(
        `${FIND_LIVE} AND ${dialect.isOneOf('vector_store_files.file_id', '$fileIds')}`,
        {
          ...{ organizationId, storeId },
          fileIds: toJsonParameter(fileIds),
        },
      )
      return new Map(
        rows.map((row) => [
          String(row.file_id),
          {
            revision: row.revision === null ? null : String(row.revision),
            filename: String(row.filename),
            attributes: toAttributes(row),
          },
        ]),
      )
    },
  }
}

function* begin(task: Task, nowMs: number): Steps<StoreFile | null> {
  if (!(yield* ownTask(task))) return null
  const parameters = taskParameters(task)
  const { count } = yield* changeRows(BEGIN, { ...parameters, attempt: task.attempt, nowMs })
  if (count === 0) return null
  yield* changeRows(DELETE_OTHER_PARTS, { storeFileId: task.key })
  const row = yield* getRow(
    `SELECT vector_store_files.*, ${FILE_FACTS} FROM vector_store_files ${JOIN_FILE} WHERE ${OF_TASK}`,
    parameters,
  )
  return row && toStoreFile(row)
}

function* deferToOcr(dialect: Dialect, task: Task, log: LogEntry): Steps<boolean> {
  yield* lockStoreOf(dialect, task)
  if (!(yield* finishTask(task))) return false
  const { count } = yield* changeRows(WAIT_AGAIN, taskParameters(task))
  if (count === 0) return false
  const { organizationId, key, payload } = task
  const times = { createdAtMs: log.atMs, deadlineAtMs: log.atMs + MAX_OCR_AGE_MS }
  yield* insertTask({ kind: OCR_TASK, organizationId, key, payload, ...times })
  yield* insertLog(task, log)
  return true
}

function* complete(
  dialect: Dialect,
  task: Task,
  { revision, parts, chunkCount, usageBytes, embeddingModel, nowMs, log }: IndexedResult,
): Steps<boolean> {
  yield* lockStoreOf(dialect, task)
  if (!(yield* finishTask(task))) return false
  yield* changeRows(COMPLETE, {
    ...taskParameters(task),
    ...{ revision, parts, chunkCount, usageBytes, embeddingModel, nowMs },
  })
  yield* changeRows(DELETE_OTHER_PARTS, { storeFileId: task.key })
  if (log !== null) yield* insertLog(task, log)
  return true
}

function* fail(
  dialect: Dialect,
  task: Task,
  end: Steps<boolean>,
  { code, message }: StoreFileError,
  nowMs: number,
): Steps<boolean> {
  yield* lockStoreOf(dialect, task)
  if (!(yield* end)) return false
  if (code === 'server_error' && (yield* keepRevision(task, nowMs))) return true
  yield* changeRows(FAIL, { ...taskParameters(task), code, message, nowMs })
  yield* changeRows('DELETE FROM vector_store_documents WHERE vector_store_file_id = $storeFileId', {
    storeFileId: task.key,
  })
  return true
}

/** Completes the file with its earlier revision. Returns false without a change when it has none. */
function* keepRevision(task: Task, nowMs: number): Steps<boolean> {
  const { count } = yield* changeRows(KEEP_REVISION, { ...taskParameters(task), nowMs })
  if (count === 0) return false
  yield* changeRows(DELETE_OTHER_PARTS, { storeFileId: task.key })
  return true
}

/** Locks the store of a task's association before the task: transactions that cancel tasks lock in this order too. */
function* lockStoreOf(dialect: Dialect, task: Task): Steps<void> {
  // SQLite has no such locks, and needs none.
  if (dialect.forUpdate === '') return
  yield* getRow(
    `SELECT 1 FROM vector_stores WHERE organization_id = $organizationId
       AND id = (SELECT vector_store_id FROM vector_store_files WHERE id = $storeFileId) ${dialect.forUpdate}`,
    taskParameters(task),
  )
}

function* addLog(task: Task, entry: LogEntry): Steps<void> {
  if (yield* ownTask(task)) yield* insertLog(task, entry)
}

function* insertLog(task: Task, { atMs, level, step, message, attempt }: LogEntry): Steps<void> {
  const { rows } = yield* changeRows(
    `INSERT INTO vector_store_logs (vector_store_file_id, number, at_ms, level, step, message, attempt)
     VALUES ($storeFileId,
       (SELECT COALESCE(max(number), 0) + 1 FROM vector_store_logs WHERE vector_store_file_id = $storeFileId),
       $atMs, $level, $step, $message, $attempt)
     RETURNING number`,
    { storeFileId: task.key, atMs, level, step, message, attempt },
  )
  const lastForgotten = Number(rows[0]?.number) - MAX_LOG_ENTRIES
  if (lastForgotten < 1) return
  yield* changeRows(
    'DELETE FROM vector_store_logs WHERE vector_store_file_id = $storeFileId AND number <= $lastForgotten',
    { storeFileId: task.key, lastForgotten },
  )
}

/** Reads the changes and the numbers of the store in one statement, so that they are from the same moment. */
async function changesAfter(
  { all }: Transactions,
  { organizationId, storeId }: StorePlace,
  { seq, limit }: { readonly seq: number; readonly limit: number },
): Promise<FileChanges> {
  const rows = await all(
    `SELECT vector_stores.seq AS store_seq, forgotten_seq, page.* FROM vector_stores
     LEFT JOIN (
       SELECT file_id, seq, revision, attributes FROM vector_store_files
       WHERE vector_store_id = $storeId AND organization_id = $organizationId AND seq > $seq
       ORDER BY seq LIMIT $limit
     ) AS page ON ${ALIVE}
     WHERE vector_stores.id = $storeId AND vector_stores.organization_id = $organizationId
     ORDER BY page.seq`,
    { organizationId, storeId, seq, limit },
  )
  const changes = rows
    .filter((row) => row.file_id !== null)
    .map((row) => ({
      seq: Number(row.seq),
      fileId: String(row.file_id),
      revision: row.revision === null ? null : String(row.revision),
      attributes: toAttributes(row),
    }))
  const [store] = rows
  const storeSeq = Number(store?.store_seq ?? 0)
  const hasMore = changes.length === limit
  return {
    changes,
    seq: hasMore ? (changes.at(-1)?.seq ?? storeSeq) : storeSeq,
    hasMore,
    isComplete: store !== undefined && seq >= Number(store.forgotten_seq) && seq <= storeSeq,
  }
}

async function* readDocument(
  { get }: Transactions,
  { organizationId, storeId }: StorePlace,
  fileId: string,
  revision: string,
): AsyncGenerator<Uint8Array> {
  const live = `${FIND_LIVE} AND vector_store_files.file_id = $fileId AND vector_store_files.revision = $revision`
  const isFound = live.slice(live.indexOf('FROM'))
  const document = await get(`SELECT part_count ${isFound}`, { organizationId, storeId, fileId, revision })
  const parts = Number(document?.part_count ?? 1)
  for (let part = 0; part < parts; part++) {
    const row = await get(
      `SELECT (SELECT bytes FROM vector_store_documents
         WHERE vector_store_file_id = vector_store_files.id AND vector_store_documents.revision = $revision
           AND part = $part) AS bytes ${isFound}`,
      { organizationId, storeId, fileId, revision, part },
    )
    if (!(row?.bytes instanceof Uint8Array)) {
      throw new ServiceError('FILE_NOT_IN_STORE', 'the text of the file was replaced or removed')
    }
    yield row.bytes
  }
}
