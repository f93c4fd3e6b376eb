import { isUserId } from '../../domain/ids.ts'
import type { Page } from '../../domain/page.ts'
import type { StoreAccess } from '../../domain/vector-stores/store-access.ts'
import { expiresAtMs, isExpiredStore } from '../../domain/vector-stores/vector-store.ts'
import type {
  FileToAdd,
  NewVectorStoreRecord,
  StoreViewer,
  VectorStoreChange,
  VectorStoreListRequest,
  VectorStoreRecords,
} from '../records/vector-stores.ts'
import { readCursorPage } from './cursor-pages.ts'
import { createFileBatchStatements } from './file-batch-statements.ts'
import { createIndexingStatements } from './indexing-statements.ts'
import { cancelStoreTasks, END_STORE } from './store-ends.ts'
import { addFiles, createStoreFileStatements } from './store-file-statements.ts'
import { changeRows, type Dialect, getRow, type Steps, type Transactions } from './transactions.ts'
import { ADMITTED, VISIBLE, viewerParameters } from './vector-store-access.ts'
import { toVectorStore } from './vector-store-rows.ts'

/** Interval in which a search counts as activity once. */
const TOUCH_INTERVAL_MS = 60_000

const FIND = `SELECT * FROM vector_stores WHERE vector_stores.id = $storeId AND ${VISIBLE}`

/** Condition for the access mode as clients see it. */
const HAS_MODE = `$accessMode = CASE WHEN access_mode = 'private' AND access_departments IS NOT NULL
  THEN 'department' ELSE access_mode END`

const FILE_COUNT = 'in_progress_count + completed_count + failed_count + cancelled_count'

const SORT_COLUMNS: Readonly<Record<VectorStoreListRequest['sort'], string>> = {
  createdAt: 'created_at_ms',
  updatedAt: 'updated_at_ms',
  name: 'name',
  dataBytes: 'data_bytes',
  fileCount: 'file_count',
}

const INSERT = `
  INSERT INTO vector_stores (id, organization_id, name, description, search_text, access_mode, access_departments,
    access_users, created_by, metadata,
    created_at_ms, updated_at_ms, last_active_at_ms, expires_after_days, expires_at_ms)
  VALUES ($id, $organizationId, $name, $description, $searchText, $accessMode, $accessDepartments, $accessUsers, $createdBy, $metadata,
    $nowMs, $nowMs, $nowMs, $expiresAfterDays, $expiresAtMs)`

const UPDATE = `
  UPDATE vector_stores SET name = $name, description = $description, search_text = $searchText,
    access_mode = $accessMode, access_departments = $accessDepartments, access_users = $accessUsers, metadata = $metadata, expires_after_days = $expiresAfterDays,
    expires_at_ms = $expiresAtMs, updated_at_ms = $nowMs, last_active_at_ms = $nowMs
  WHERE id = $storeId AND organization_id = $organizationId`

/** Vector stores, equal on both databases. */
export function createVectorStoreStatements(transactions: Transactions): VectorStoreRecords {
  const { get, transact, free, dialect } = transactions
  return {
    ...createStoreFileStatements(transactions),
    ...createFileBatchStatements(transactions),
    indexing: createIndexingStatements(transactions),

    create: (viewer, store, files, nowMs) =>
      transact(() => createStore(dialect, viewer, store, files, nowMs)),

    find: async (viewer, storeId) => {
      const row = await get(FIND, { ...viewerParameters(viewer), storeId })
      return row && toVectorStore(row)
    },

    findPosition: async (viewer, storeId) => {
      const row = await get(
        `SELECT created_at_ms FROM vector_stores WHERE vector_stores.id = $storeId AND ${ADMITTED}`,
        { ...viewerParameters(viewer), storeId },
      )
      return row && { timeMs: Number(row.created_at_ms), id: storeId }
    },

    list: (viewer, request) => listStores(transactions, viewer, request),
    update: (viewer, storeId, change, nowMs) =>
      transact(() => updateStore(dialect, viewer, storeId, change, nowMs)),
    touch: (viewer, storeIds, nowMs) => touchStores(transactions, viewer, storeIds, nowMs),

    delete: (viewer, storeId, nowMs) =>
      free(function* () {
        const row = yield* getRow(`${FIND} ${dialect.forUpdate}`, { ...viewerParameters(viewer), storeId })
        if (row === null) return false
        yield* cancelStoreTasks(dialect, viewer.organizationId, storeId)
        yield* changeRows(
          `UPDATE vector_stores SET deleted_at_ms = $nowMs, name = '', description = NULL, search_text = '',
             metadata = '{}', ${END_STORE}
           WHERE id = $storeId AND organization_id = $organizationId`,
          { storeId, organizationId: viewer.organizationId, nowMs },
        )
        return true
      }),

    sumUsage: async (viewer) => {
      const row = await get(
        `SELECT count(*) AS stores, COALESCE(sum(${FILE_COUNT}), 0) AS files, COALESCE(sum(data_bytes), 0) AS bytes
         FROM vector_stores WHERE ${VISIBLE}`,
        viewerParameters(viewer),
      )
      return { stores: Number(row?.stores), files: Number(row?.files), bytes: Number(row?.bytes) }
    },
  }
}

function* createStore(
  dialect: Dialect,
  viewer: StoreViewer,
  { metadata, accessMode, accessDepartments = [], accessUsers = [], ...store }: NewVectorStoreRecord,
  files: readonly FileToAdd[],
  nowMs: number,
): Steps<ReturnType<typeof toVectorStore>> {
  const { organizationId } = viewer
  const access = { accessMode, accessDepartments, accessUsers }
  yield* changeRows(INSERT, {
    ...store,
    organizationId,
    ...accessColumns(access),
    metadata: JSON.stringify(metadata),
    searchText: searchTextOf(store),
    expiresAtMs: expiresAtMs({ lastActiveAtMs: nowMs, expiresAfterDays: store.expiresAfterDays }),
    nowMs,
  })
  yield* addGrants(store.id, access)
  if (files.length > 0) {
    const { actorId } = viewer
    const adder =
      actorId !== null && isUserId(actorId)
        ? { addedByApiKeyId: null, addedBy: actorId }
        : { addedByApiKeyId: actorId, addedBy: null }
    yield* addFiles(dialect, viewer, { storeId: store.id, files, ...adder, batchId: null, nowMs })
  }
  const sql = 'SELECT * FROM vector_stores WHERE id = $id AND organization_id = $organizationId'
  return toVectorStore((yield* getRow(sql, { id: store.id, organizationId })) ?? {})
}

function* updateStore(
  dialect: Dialect,
  viewer: StoreViewer,
  storeId: string,
  change: VectorStoreChange,
  nowMs: number,
): Steps<ReturnType<typeof toVectorStore> | null> {
  const row = yield* getRow(`${FIND} ${dialect.forUpdate}`, { ...viewerParameters(viewer), storeId })
  if (row === null || isExpiredStore(toVectorStore(row), nowMs)) return null
  const store = { ...toVectorStore(row), ...change, updatedAtMs: nowMs, lastActiveAtMs: nowMs }
  const { organizationId, name, description, metadata, expiresAfterDays } = store
  yield* changeRows(UPDATE, {
    ...{ storeId, organizationId, name, description, expiresAfterDays, nowMs },
    ...accessColumns(store),
    metadata: JSON.stringify(metadata),
    searchText: searchTextOf(store),
    expiresAtMs: expiresAtMs(store),
  })
  if (change.accessMode === undefined) return store
  yield* changeRows('DELETE FROM vector_store_grants WHERE vector_store_id = $storeId', { storeId })
  yield* addGrants(storeId, store)
  return store
}

/** Versions that do not know departments see a private store. */
function accessColumns({ accessMode, accessDepartments, accessUsers }: StoreAccess) {
  const isOfDepartments = accessMode === 'department'
  return {
    accessMode: isOfDepartments ? 'private' : accessMode,
    accessDepartments: isOfDepartments ? JSON.stringify(accessDepartments) : null,
    accessUsers: accessUsers.length === 0 ? null : JSON.stringify(accessUsers),
  }
}

function* addGrants(storeId: string, { accessDepartments, accessUsers }: StoreAccess): Steps<void> {
  const sql = 'INSERT INTO vector_store_grants (vector_store_id, kind, name) VALUES ($storeId, $kind, $name)'
  for (const name of accessDepartments) yield* changeRows(sql, { storeId, kind: 'department', name })
  for (const name of accessUsers) yield* changeRows(sql, { storeId, kind: 'user', name })
}

function listStores(
  transactions: Transactions,
  viewer: StoreViewer,
  request: VectorStoreListRequest,
): Promise<Page<ReturnType<typeof toVectorStore>>> {
  const { search, accessMode, sort } = request
  const conditions = [
    VISIBLE,
    ...(accessMode === null ? [] : [HAS_MODE]),
    ...(search === null ? [] : ["search_text LIKE $pattern ESCAPE '\\' AND $isStorable = 1"]),
  ].join(' AND ')
  return readCursorPage(
    transactions,
    {
      total: `SELECT count(*) AS total FROM vector_stores WHERE ${conditions}`,
      sources: [`SELECT vector_stores.*, ${FILE_COUNT} AS file_count FROM vector_stores WHERE ${conditions}`],
      sortColumn: SORT_COLUMNS[sort],
      parameters: {
        ...viewerParameters(viewer),
        ...(accessMode !== null && { accessMode }),
        ...(search !== null && {
          pattern: `%${fold(search).replace(/[\\%_]/g, '\\$&')}%`,
          // SQLite would cut the pattern at a NUL.
          isStorable: search.includes('\0') ? 0 : 1,
        }),
      },
      parse: toVectorStore,
    },
    request,
  )
}

/** Writes only when the last activity is old enough, one store at a time, so that no two calls can deadlock. */
async function touchStores(
  { get, change }: Transactions,
  viewer: StoreViewer,
  storeIds: readonly string[],
  nowMs: number,
): Promise<void> {
  const beforeMs = nowMs - TOUCH_INTERVAL_MS
  for (const storeId of storeIds) {
    const place = { ...viewerParameters(viewer), storeId }
    const row = await get(FIND, place)
    const store = row && toVectorStore(row)
    if (store === null || store.lastActiveAtMs > beforeMs || isExpiredStore(store, nowMs)) continue
    const { expiresAfterDays } = store
    await change(
      `UPDATE vector_stores SET last_active_at_ms = $nowMs, expires_at_ms = $expiresAtMs
       WHERE id = $storeId AND ${VISIBLE} AND vector_stores.expired_at_ms IS NULL AND last_active_at_ms <= $beforeMs
         AND COALESCE(expires_after_days, 0) = $expiresAfterDays`,
      {
        ...place,
        expiresAfterDays: expiresAfterDays ?? 0,
        expiresAtMs: expiresAtMs({ lastActiveAtMs: nowMs, expiresAfterDays }),
        ...{ nowMs, beforeMs },
      },
    )
  }
}

function searchTextOf({
  name,
  description,
}: {
  readonly name: string
  readonly description: string | null
}): string {
  return fold(description === null ? name : `${name}\n${description}`)
}

/** Returns the text in the form in which texts that differ only in case are equal, on every database. */
function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
