import type { AuditEvent } from '../../domain/access/audit-event.ts'
import type { File } from '../../domain/files/file.ts'
import type { FileRecords } from '../records/files.ts'
import { EVENT_COLUMNS } from '../sql/audit-statements.ts'
import { deleteFile, restoreFile, trashFile } from '../sql/delete-file.ts'
import { createFileStatements, objectDisowned } from '../sql/file-statements.ts'
import { createFolderList } from '../sql/list-folders.ts'
import { WITHIN_QUOTA } from '../sql/quota.ts'
import { createFileSearch } from '../sql/search-files.ts'
import { createFileUpdate } from '../sql/update-file.ts'
import { type BatchLimits, createBatches } from './batches.ts'
import type { Connection, PostgresStatements } from './connection.ts'
import { EVENT_INPUT, eventParameters, eventsOf } from './event-input.ts'
import { FILE_COLUMNS, FILE_INPUT, inputParameters } from './file-input.ts'
import { createFileIndexing, POSTGRES_FILE_SEARCH } from './file-search.ts'
import { type FileToRegister, registerFiles } from './register-files.ts'
import { releaseReservation } from './reservation-records.ts'

/** Two batches in flight: while the server syncs one, the other one travels to it. */
const REGISTERS_TOGETHER: BatchLimits = { maxItems: 64, maxInFlight: 2 }

/** Adds all files or none: none when an object is disowned, or the quota does not allow them. */
const ADD = `
  WITH input AS (${FILE_INPUT}),
  disowned AS MATERIALIZED (SELECT bool_or(is_disowned(object_name)) AS is_any FROM input),
  used AS (
    UPDATE organizations SET storage_used_bytes = storage_used_bytes + $sizeBytes,
      file_count = file_count + $count, updated_at_ms = $nowMs
    WHERE id = $organizationId AND ${WITHIN_QUOTA} AND NOT (SELECT is_any FROM disowned)
    RETURNING id
  ),
  added AS (
    INSERT INTO files (${FILE_COLUMNS}) SELECT input.* FROM input CROSS JOIN used RETURNING id
  ),
  audited AS (
    INSERT INTO audit_events (${EVENT_COLUMNS})
    SELECT event.* FROM (${EVENT_INPUT}) AS event CROSS JOIN used
  )
  SELECT (SELECT count(*) FROM added) AS added, (SELECT is_any FROM disowned) AS is_disowned`

export function createFileRecords(
  { statements, transaction, transactions }: Connection,
  registersTogether = REGISTERS_TOGETHER,
): FileRecords {
  const single = createFileStatements(statements)
  const registerTogether = createBatches<FileToRegister, File | null>({
    ...registersTogether,
    send: async (registers) => registerOnceEach(statements, registers),
  })

  return {
    ...single,
    ...createFileSearch(statements, POSTGRES_FILE_SEARCH),
    ...createFolderList(statements, POSTGRES_FILE_SEARCH),
    ...createFileUpdate(transactions, 'is_indexed'),
    ...createFileIndexing({ statements, transaction }),

    register: async (organizationId, file, event) =>
      // When another call was first, only a statement that begins afterwards sees its file.
      (await registerTogether({ file: { ...file, organizationId }, event })) ??
      single.find(organizationId, file.id),

    add: async (organizationId, files, reservationId, event) => {
      if (reservationId === null) return addFiles(statements, organizationId, files, event)
      return transaction(async (inside) => {
        await releaseReservation(inside, organizationId, reservationId)
        return addFiles(inside, organizationId, files, event)
      })
    },

    delete: (organizationId, fileId, nowMs, deletable = 'live') =>
      transactions.free(() => deleteFile(transactions.dialect, organizationId, { fileId, deletable, nowMs })),

    trash: (organizationId, fileId, nowMs) =>
      transactions.free(() => trashFile(transactions.dialect, organizationId, fileId, nowMs)),

    restore: (organizationId, fileId, nowMs) =>
      transactions.transact(() => restoreFile(organizationId, fileId, nowMs)),
  }
}

/** Registers each file once: among calls for the same file in a batch, only the first one adds its file. */
async function registerOnceEach(
  statements: PostgresStatements,
  registers: readonly FileToRegister[],
): Promise<(File | null)[]> {
  const keyOf = ({ organizationId, id }: File) => `${organizationId} ${id}`
  const firsts = new Map(registers.toReversed().map((one) => [keyOf(one.file), one]))
  const added = await registerFiles(statements, [...firsts.values()])
  const stored = new Map(added.map((file) => [keyOf(file), file]))
  return registers.map((one) => {
    const key = keyOf(one.file)
    return firsts.get(key) === one ? (stored.get(key) ?? null) : null
  })
}

async function addFiles(
  { change }: PostgresStatements,
  organizationId: string,
  files: readonly File[],
  event: AuditEvent | undefined,
): Promise<boolean> {
  const { rows } = await change(ADD, {
    ...inputParameters(files.map((file) => ({ ...file, organizationId }))),
    ...eventParameters(eventsOf([{ event }])),
    organizationId,
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    nowMs: files.reduce((latest, file) => Math.max(latest, file.uploadedAtMs), 0),
    count: files.length,
  })
  if (rows[0]?.is_disowned) throw objectDisowned()
  return Number(rows[0]?.added) > 0
}
