import { ServiceError } from '../../domain/errors.ts'
import type { Page } from '../../domain/page.ts'
import {
  failed,
  type PlannedAddition,
  planAddition,
  queued,
} from '../../domain/vector-stores/plan-addition.ts'
import {
  type Attributes,
  STORE_FILE_STATUSES,
  type StoreFile,
  type StoreFileStatus,
} from '../../domain/vector-stores/store-file.ts'
import { expiresAtMs, isExpiredStore } from '../../domain/vector-stores/vector-store.ts'
import type {
  AddFiles,
  CursorRequest,
  FileToAdd,
  StoreViewer,
  VectorStoreRecords,
} from '../records/vector-stores.ts'
import { readCursorPage } from './cursor-pages.ts'
import { cancelIndexing, queueIndexing } from './indexing-tasks.ts'
import type { Row } from './rows.ts'
import {
  changeRows,
  type Dialect,
  getRow,
  getRows,
  type Steps,
  type Transactions,
  toJsonParameter,
} from './transactions.ts'
import { unindexed, VISIBLE, VISIBLE_STORE, viewerParameters } from './vector-store-access.ts'
import { FILE_FACTS, toFileFacts, toLogEntry, toStoreFile, toVectorStore } from './vector-store-rows.ts'

/** Joins the File of an association. */
export const JOIN_FILE = `LEFT JOIN files ON files.id = vector_store_files.file_id
  AND files.organization_id = vector_store_files.organization_id AND files.deleted_at_ms IS NULL
  AND files.trashed_at_ms IS NULL`

const SELECT_VISIBLE = `
  SELECT vector_store_files.*, ${FILE_FACTS} FROM vector_stores
  JOIN vector_store_files ON vector_store_files.vector_store_id = vector_stores.id
    AND vector_store_files.organization_id = vector_stores.organization_id
  ${JOIN_FILE}
  WHERE ${VISIBLE_STORE} AND vector_store_files.removed_at_ms IS NULL`

/** Selects the newest indexed association of a File. */
const SELECT_INDEXED = `
  SELECT vector_store_files.*, ${FILE_FACTS} FROM vector_store_files
  JOIN vector_stores ON vector_stores.id = vector_store_files.vector_store_id
    AND vector_stores.organization_id = vector_store_files.organization_id
  ${JOIN_FILE}
  WHERE vector_store_files.file_id = $fileId AND vector_store_files.removed_at_ms IS NULL
    AND vector_store_files.revision IS NOT NULL AND ${VISIBLE} AND vector_stores.expired_at_ms IS NULL
  ORDER BY vector_store_files.ended_at_ms DESC LIMIT 1`

/** Selects associations of a store whose lock the transaction has. */
const SELECT_OF_STORE = `
  SELECT vector_store_files.*, ${FILE_FACTS} FROM vector_store_files ${JOIN_FILE}
  WHERE ${unindexed('vector_store_id')} = $storeId AND vector_store_files.organization_id = $organizationId
    AND removed_at_ms IS NULL`

/** Adds or changes associations with new seqs. The items have a member for each of `STORED_COLUMNS`. */
const upsertFiles = (dialect: Dialect, changedColumns: readonly string[]) => `
  INSERT INTO vector_store_files (organization_id, vector_store_id, ${STORED_COLUMNS.map(([name]) => name).join(', ')})
  SELECT $organizationId, $storeId, ${STORED_COLUMNS.map(memberOf).join(', ')}
  FROM ${dialect.jsonItems('$files')} WHERE true
  ON CONFLICT (id) DO UPDATE SET ${changedColumns.map((name) => `${name} = excluded.${name}`).join(', ')}`

const STORED_COLUMNS = [
  ['id', 'TEXT'],
  ['file_id', 'TEXT'],
  ['size_bytes', 'BIGINT'],
  ['seq', 'BIGINT'],
  ['attributes', 'TEXT'],
  ['chunking', 'TEXT'],
  ['status', 'TEXT'],
  ['step', 'TEXT'],
  ['progress_percent', 'BIGINT'],
  ['error_code', 'TEXT'],
  ['error_message', 'TEXT'],
  ['attempts', 'BIGINT'],
  ['added_at_ms', 'BIGINT'],
  ['added_by_api_key_id', 'TEXT'],
  ['added_by', 'TEXT'],
  ['started_at_ms', 'BIGINT'],
  ['ended_at_ms', 'BIGINT'],
  ['part_count', 'BIGINT'],
  ['chunk_count', 'BIGINT'],
  ['usage_bytes', 'BIGINT'],
] as const

const ATTRIBUTE_COLUMNS = ['seq', 'attributes']

/** Columns that change when a file is indexed again. A transaction that changes them has locked or replaced the task. */
const STATE_COLUMNS = [
  ...ATTRIBUTE_COLUMNS,
  ...['chunking', 'status', 'step', 'progress_percent', 'error_code', 'error_message'],
  ...['attempts', 'started_at_ms', 'ended_at_ms'],
]

const memberOf = ([name, type]: readonly [string, string]) => `CAST(item.value ->> '${name}' AS ${type})`

/** Files of stores, equal on both databases. */
export function createStoreFileStatements(
  transactions: Transactions,
): Pick<
  VectorStoreRecords,
  | 'addFiles'
  | 'findFile'
  | 'findIndexedFile'
  | 'findFilePosition'
  | 'listFiles'
  | 'updateAttributes'
  | 'removeFile'
  | 'retryFile'
  | 'listLog'
> {
  const { get, all, transact, free, dialect } = transactions
  return {
    addFiles: (viewer, request) => transact(() => addFiles(dialect, viewer, request)),

    findFile: async (viewer, storeId, fileId) => {
      const row = await get(`${SELECT_VISIBLE} AND ${isFile(fileId)}`, {
        ...viewerParameters(viewer),
        ...{ storeId, fileId },
      })
      return row && toStoreFile(row)
    },

    findIndexedFile: async (viewer, fileId) => {
      const row = await get(SELECT_INDEXED, { ...viewerParameters(viewer), fileId })
      return row && toStoreFile(row)
    },

    findFilePosition: async (viewer, storeId, fileId) => {
      const found = (condition: string) => `
        SELECT vector_store_files.id, added_at_ms, removed_at_ms FROM vector_stores
        JOIN vector_store_files ON vector_store_files.vector_store_id = vector_stores.id
        WHERE ${VISIBLE_STORE} AND ${isFile(fileId)} AND ${condition}`
      const row = await get(
        `SELECT * FROM (${found('removed_at_ms IS NULL')} UNION ALL ${found('removed_at_ms IS NOT NULL')}) AS found
         ORDER BY removed_at_ms IS NULL DESC, removed_at_ms DESC LIMIT 1`,
        { ...viewerParameters(viewer), storeId, fileId },
      )
      return row && { timeMs: Number(row.added_at_ms), id: String(row.id) }
    },

    listFiles: (viewer, storeId, request) => listFiles(transactions, viewer, storeId, request),

    updateAttributes: (viewer, storeId, fileId, attributes, nowMs) =>
      transact(() => updateAttributes(dialect, viewer, { storeId, fileId, attributes, nowMs })),

    removeFile: (viewer, storeId, fileId, nowMs) =>
      free(() => removeFile(dialect, viewer, storeId, fileId, nowMs)),

    retryFile: (viewer, storeId, fileId, keepsError, nowMs) =>
      transact(() => retryFile(dialect, viewer, { storeId, fileId, keepsError, nowMs })),

    listLog: async (viewer, storeId, fileId, limit) => {
      const rows = await all(
        `SELECT vector_store_logs.* FROM vector_stores
         JOIN vector_store_files ON vector_store_files.vector_store_id = vector_stores.id
         JOIN vector_store_logs ON vector_store_file_id = vector_store_files.id
         WHERE ${VISIBLE_STORE} AND removed_at_ms IS NULL AND ${isFile(fileId)}
         ORDER BY number DESC LIMIT $limit`,
        { ...viewerParameters(viewer), storeId, fileId, limit },
      )
      return rows.map(toLogEntry).reverse()
    },
  }
}

/** Returns the condition for the id of a File or of an association in `$fileId`. */
function isFile(fileId: string): string {
  return `vector_store_files.${fileId.startsWith('vsf_') ? 'id' : 'file_id'} = $fileId`
}

/**
 * Adds files to a store; see `VectorStoreRecords.addFiles`. Locks Files, the store, tasks and associations in this
 * order, as all transactions do, to avoid deadlocks.
 */
export function* addFiles(
  dialect: Dialect,
  viewer: StoreViewer,
  { storeId, files, addedByApiKeyId, addedBy, batchId, nowMs }: AddFiles,
): Steps<StoreFile[]> {
  const { organizationId } = viewer
  const fileIds = toJsonParameter([...new Set(files.map(({ fileId }) => fileId))])
  // The lock keeps a File until its association is there for the transaction that deletes the File.
  const facts = yield* getRows(
    `SELECT id, ${FILE_FACTS} FROM files
     WHERE ${dialect.isOneOf('id', '$fileIds')} AND ${unindexed('organization_id')} = $organizationId
       AND deleted_at_ms IS NULL AND trashed_at_ms IS NULL
     ORDER BY id ${dialect.forShare}`,
    { organizationId, fileIds },
  )
  const store = yield* lockStore(dialect, viewer, storeId)
  if (store === null) throw new ServiceError('VECTOR_STORE_NOT_FOUND', 'there is no such vector store')
  const known = yield* getRows(`${SELECT_OF_STORE} AND ${dialect.isOneOf('file_id', '$fileIds')}`, {
    ...{ storeId, organizationId, fileIds },
  })
  const plan = planAdditions(files, known.map(toStoreFile), {
    facts: new Map(facts.map((row) => [String(row.id), toFileFacts(row)])),
    toNew: (file, facts) =>
      newStoreFile({ vectorStoreId: storeId, organizationId, addedByApiKeyId, addedBy, nowMs }, file, facts),
    nowMs,
  })
  const planned = [...plan.values()]
  const toIndex = planned.filter(({ isQueued }) => isQueued).map(({ storeFile }) => storeFile.id)
  yield* queueIndexing(dialect, organizationId, toIndex, nowMs)
  const changedIn = (part: PlannedAddition['changed']) =>
    planned.filter(({ changed }) => changed === part).map(({ storeFile }) => storeFile)
  const indexed = changedIn('all')
  yield* saveFiles(dialect, Number(store.seq), indexed, STATE_COLUMNS)
  yield* saveFiles(dialect, Number(store.seq) + indexed.length, changedIn('attributes'), ATTRIBUTE_COLUMNS)
  yield* noteActivity(store, nowMs)
  if (batchId !== null) yield* insertBatch(dialect, { batchId, storeId, organizationId, nowMs }, planned)
  return files.map(({ fileId }) => (plan.get(fileId) as PlannedAddition).storeFile)
}

/** Plans each file once, as its first entry asks. */
function planAdditions(
  files: readonly FileToAdd[],
  known: readonly StoreFile[],
  {
    facts,
    toNew,
    nowMs,
  }: {
    readonly facts: ReadonlyMap<string, StoreFile['file']>
    readonly toNew: (file: FileToAdd, facts: StoreFile['file']) => StoreFile
    readonly nowMs: number
  },
): ReadonlyMap<string, PlannedAddition> {
  const current = new Map(known.map((storeFile) => [storeFile.fileId, storeFile]))
  const plan = new Map<string, PlannedAddition>()
  for (const file of files) {
    if (plan.has(file.fileId)) continue
    const existing = current.get(file.fileId)
    const storeFile = existing ?? toNew(file, facts.get(file.fileId) ?? null)
    plan.set(file.fileId, planAddition(storeFile, file, { isNew: existing === undefined, nowMs }))
  }
  return plan
}

function newStoreFile(
  {
    nowMs,
    ...place
  }: Pick<StoreFile, 'vectorStoreId' | 'organizationId' | 'addedByApiKeyId' | 'addedBy'> & {
    readonly nowMs: number
  },
  { id, fileId }: FileToAdd,
  file: StoreFile['file'],
): StoreFile {
  return {
    ...place,
    ...{ id, fileId, file },
    attributes: {},
    chunking: { kind: 'auto' },
    status: 'pending',
    step: 'queued',
    progressPercent: 0,
    error: null,
    attempts: 0,
    addedAtMs: nowMs,
    startedAtMs: null,
    endedAtMs: null,
    chunkCount: 0,
    usageBytes: 0,
    embeddingModel: null,
    revision: null,
  }
}

/** Locks a store that has not expired until the end of the transaction. Returns null when there is none. */
function* lockStore(dialect: Dialect, viewer: StoreViewer, storeId: string): Steps<Row | null> {
  const sql = `SELECT * FROM vector_stores WHERE ${VISIBLE_STORE} ${dialect.forUpdate}`
  return yield* getRow(sql, { ...viewerParameters(viewer), storeId })
}

/** Adds associations of one store, or changes these columns of existing ones, with the seqs after `seq`. */
function* saveFiles(
  dialect: Dialect,
  seq: number,
  files: readonly StoreFile[],
  changedColumns: readonly string[],
): Steps<void> {
  const [first] = files
  if (first === undefined) return
  const { organizationId, vectorStoreId: storeId } = first
  const rows = files.map((file, index) => ({
    id: file.id,
    file_id: file.fileId,
    size_bytes: file.file?.sizeBytes ?? 0,
    seq: seq + 1 + index,
    attributes: JSON.stringify(file.attributes),
    chunking: JSON.stringify(file.chunking),
    status: file.status,
    step: file.step,
    progress_percent: file.progressPercent,
    error_code: file.error?.code ?? null,
    error_message: file.error?.message ?? null,
    attempts: file.attempts,
    added_at_ms: file.addedAtMs,
    added_by_api_key_id: file.addedByApiKeyId,
    added_by: file.addedBy,
    started_at_ms: file.startedAtMs,
    ended_at_ms: file.endedAtMs,
    part_count: 0,
    chunk_count: file.chunkCount,
    usage_bytes: file.usageBytes,
  }))
  const parameters = { organizationId, storeId, files: toJsonParameter(rows) }
  yield* changeRows(upsertFiles(dialect, changedColumns), parameters)
}

/** Records activity of a locked store. An expired one stays expired, also before its files are removed. */
function* noteActivity(row: Row, nowMs: number): Steps<void> {
  const store = toVectorStore(row)
  if (isExpiredStore(store, nowMs)) return
  const { id, organizationId, expiresAfterDays } = store
  yield* changeRows(
    `UPDATE vector_stores SET last_active_at_ms = $nowMs, expires_at_ms = $expiresAtMs
     WHERE id = $id AND organization_id = $organizationId`,
    { id, organizationId, nowMs, expiresAtMs: expiresAtMs({ lastActiveAtMs: nowMs, expiresAfterDays }) },
  )
}

function* insertBatch(
  dialect: Dialect,
  {
    batchId,
    storeId,
    organizationId,
    nowMs,
  }: {
    readonly batchId: string
    readonly storeId: string
    readonly organizationId: string
    readonly nowMs: number
  },
  planned: readonly PlannedAddition[],
): Steps<void> {
  yield* changeRows(
    `INSERT INTO vector_store_batches (id, organization_id, vector_store_id, created_at_ms)
     VALUES ($batchId, $organizationId, $storeId, $nowMs)`,
    { batchId, organizationId, storeId, nowMs },
  )
  const storeFileIds = toJsonParameter(planned.map(({ storeFile }) => ({ id: storeFile.id })))
  yield* changeRows(
    `INSERT INTO vector_store_batch_files (batch_id, vector_store_file_id)
     SELECT $batchId, item.value ->> 'id' FROM ${dialect.jsonItems('$storeFileIds')}`,
    { batchId, storeFileIds },
  )
  // The end of a file tells the end of its batch; a batch without a file to index ends with its creation.
  yield* changeRows(
    `INSERT INTO new_events (organization_id, type, visible_to, snapshot)
     SELECT organization_id, 'vector_store.file_batch.completed', visible_to, snapshot
     FROM ended_file_batches WHERE id = $batchId AND organization_id = $organizationId`,
    { batchId, organizationId },
  )
}

/** Locks the store and returns one of its files; null when there is none. */
function* lockFile(
  dialect: Dialect,
  viewer: StoreViewer,
  storeId: string,
  fileId: string,
): Steps<{ readonly store: Row; readonly storeFile: StoreFile } | null> {
  const store = yield* lockStore(dialect, viewer, storeId)
  if (store === null) return null
  const { organizationId } = viewer
  const row = yield* getRow(`${SELECT_OF_STORE} AND ${isFile(fileId)}`, { storeId, organizationId, fileId })
  return row && { store, storeFile: toStoreFile(row) }
}

function* updateAttributes(
  dialect: Dialect,
  viewer: StoreViewer,
  {
    storeId,
    fileId,
    attributes,
    nowMs,
  }: {
    readonly storeId: string
    readonly fileId: string
    readonly attributes: Attributes
    readonly nowMs: number
  },
): Steps<StoreFile | null> {
  const found = yield* lockFile(dialect, viewer, storeId, fileId)
  if (found === null) return null
  const changed = { ...found.storeFile, attributes }
  yield* saveFiles(dialect, Number(found.store.seq), [changed], ATTRIBUTE_COLUMNS)
  yield* noteActivity(found.store, nowMs)
  return changed
}

function* removeFile(
  dialect: Dialect,
  viewer: StoreViewer,
  storeId: string,
  fileId: string,
  nowMs: number,
): Steps<boolean> {
  const found = yield* lockFile(dialect, viewer, storeId, fileId)
  if (found === null) return false
  yield* removeFiles(dialect, viewer.organizationId, [found.storeFile.id], nowMs)
  yield* noteActivity(found.store, nowMs)
  return true
}

/** Removes associations, at most one of each store, with their tasks and documents. Needs the locks of the stores. */
export function* removeFiles(
  dialect: Dialect,
  organizationId: string,
  storeFileIds: readonly string[],
  nowMs: number,
): Steps<void> {
  yield* cancelIndexing(dialect, organizationId, storeFileIds)
  const ids = toJsonParameter(storeFileIds)
  yield* changeRows(
    `UPDATE vector_store_files SET removed_at_ms = $nowMs, revision = NULL, attributes = '{}',
       seq = (SELECT seq + 1 FROM vector_stores WHERE vector_stores.id = vector_store_files.vector_store_id)
     WHERE ${dialect.isOneOf('id', '$ids')} AND organization_id = $organizationId AND removed_at_ms IS NULL`,
    { ids, organizationId, nowMs },
  )
  yield* changeRows(
    `DELETE FROM vector_store_documents WHERE ${dialect.isOneOf('vector_store_file_id', '$ids')}`,
    { ids },
  )
}

function* retryFile(
  dialect: Dialect,
  viewer: StoreViewer,
  {
    storeId,
    fileId,
    keepsError,
    nowMs,
  }: {
    readonly storeId: string
    readonly fileId: string
    readonly keepsError: boolean
    readonly nowMs: number
  },
): Steps<StoreFile | null> {
  const found = yield* lockFile(dialect, viewer, storeId, fileId)
  if (found === null) return null
  const { store, storeFile } = found
  if (storeFile.status === 'pending' || storeFile.status === 'processing') return storeFile
  const isMissing = storeFile.file === null
  const retried = isMissing ? failed(storeFile, nowMs) : queued(storeFile, keepsError)
  yield* queueIndexing(dialect, viewer.organizationId, isMissing ? [] : [storeFile.id], nowMs)
  yield* saveFiles(dialect, Number(store.seq), [retried], STATE_COLUMNS)
  yield* noteActivity(store, nowMs)
  return retried
}

function listFiles(
  transactions: Transactions,
  viewer: StoreViewer,
  storeId: string,
  request: CursorRequest & {
    readonly statuses: readonly StoreFileStatus[]
    readonly batchId: string | null
  },
): Promise<Page<StoreFile>> {
  const { batchId } = request
  // A list of few SQL texts, each of which is prepared once.
  const statuses = STORE_FILE_STATUSES.filter((status) => request.statuses.includes(status))
  const { total, sources } = batchId === null ? ofStore(statuses) : ofBatch(statuses)
  return readCursorPage(
    transactions,
    {
      total: `SELECT ${total} AS total FROM vector_stores WHERE ${VISIBLE_STORE}`,
      sources,
      sortColumn: 'added_at_ms',
      columns: FILE_FACTS,
      join: JOIN_FILE.replaceAll('vector_store_files.', 'page.'),
      parameters: { ...viewerParameters(viewer), storeId, ...(batchId !== null && { batchId }) },
      parse: toStoreFile,
    },
    request,
  )
}

const OF_STORE = `vector_store_files.vector_store_id = $storeId
  AND vector_store_files.organization_id = $organizationId AND vector_store_files.removed_at_ms IS NULL`

/** Reads the list from one index, or each status from its part of another one. Totals are the counts of the store. */
function ofStore(statuses: readonly StoreFileStatus[]) {
  const select = `SELECT * FROM vector_store_files WHERE ${OF_STORE}`
  const wanted = statuses.length === 0 ? STORE_FILE_STATUSES : statuses
  const isInProgress = (status: StoreFileStatus) => status === 'pending' || status === 'processing'
  const inProgress = wanted.filter(isInProgress)
  const counts = wanted.filter((status) => !isInProgress(status)).map((status) => `${status}_count`)
  if (inProgress.length === 2) counts.push('in_progress_count')
  if (inProgress.length === 1)
    counts.push(`(SELECT count(*) FROM vector_store_files WHERE ${OF_STORE} AND status = '${inProgress[0]}')`)
  return {
    total: counts.join(' + '),
    sources:
      statuses.length === 0 ? [select] : statuses.map((status) => `${select} AND status = '${status}'`),
  }
}

/** Reads the files of the batch, at most 2,000, and sorts them. */
function ofBatch(statuses: readonly StoreFileStatus[]) {
  const isWanted =
    statuses.length === 0 ? '' : `AND status IN (${statuses.map((status) => `'${status}'`).join(', ')})`
  const from = `FROM vector_store_batches
    CROSS JOIN vector_store_batch_files CROSS JOIN vector_store_files
    WHERE vector_store_batches.id = $batchId AND vector_store_batches.vector_store_id = $storeId
      AND vector_store_batch_files.batch_id = vector_store_batches.id
      AND vector_store_files.id = vector_store_batch_files.vector_store_file_id AND ${OF_STORE} ${isWanted}`
  const sources = [`SELECT * FROM (SELECT vector_store_files.* ${from}) AS listed WHERE true`]
  return { total: `(SELECT count(*) ${from})`, sources }
}
