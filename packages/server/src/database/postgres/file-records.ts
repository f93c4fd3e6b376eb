import type { File } from '../../domain/files/file.ts'
import type { FileRecords } from '../records/files.ts'
import { deleteFile } from '../sql/delete-file.ts'
import { createFileStatements, objectDisowned } from '../sql/file-statements.ts'
import { WITHIN_QUOTA } from '../sql/quota.ts'
import { type BatchLimits, createBatches } from './batches.ts'
import type { Connection, PostgresStatements } from './connection.ts'
import { FILE_COLUMNS, FILE_INPUT, inputParameters } from './file-input.ts'
import { registerFiles } from './register-files.ts'
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
  )
  SELECT (SELECT count(*) FROM added) AS added, (SELECT is_any FROM disowned) AS is_disowned`

export function createFileRecords(
  { statements, transaction, transactions }: Connection,
  registersTogether = REGISTERS_TOGETHER,
): FileRecords {
  const single = createFileStatements(statements)
  const registerTogether = createBatches<File, File | null>({
    ...registersTogether,
    send: async (files) => registerOnceEach(statements, files),
  })

  return {
    ...single,

    register: async (organizationId, file) =>
      // When another call was first, only a statement that begins afterwards sees its file.
      (await registerTogether({ ...file, organizationId })) ?? single.find(organizationId, file.id),

    add: async (organizationId, files, reservationId) => {
      if (reservationId === null) return addFiles(statements, organizationId, files)
      return transaction(async (inside) => {
        await releaseReservation(inside, organizationId, reservationId)
        return addFiles(inside, organizationId, files)
      })
    },

    delete: (organizationId, fileId, nowMs) =>
      transactions.free(() => deleteFile(transactions.dialect, organizationId, fileId, nowMs)),
  }
}

/** Registers each file once: among calls for the same file in a batch, only the first one adds its file. */
async function registerOnceEach(
  statements: PostgresStatements,
  files: readonly File[],
): Promise<(File | null)[]> {
  const keyOf = ({ organizationId, id }: File) => `${organizationId} ${id}`
  const firsts = new Map(files.toReversed().map((file) => [keyOf(file), file]))
  const added = await registerFiles(statements, [...firsts.values()])
  const stored = new Map(added.map((file) => [keyOf(file), file]))
  return files.map((file) => (firsts.get(keyOf(file)) === file ? (stored.get(keyOf(file)) ?? null) : null))
}

async function addFiles(
  { change }: PostgresStatements,
  organizationId: string,
  files: readonly File[],
): Promise<boolean> {
  const { rows } = await change(ADD, {
    ...inputParameters(files.map((file) => ({ ...file, organizationId }))),
    organizationId,
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    nowMs: files.reduce((latest, file) => Math.max(latest, file.uploadedAtMs), 0),
    count: files.length,
  })
  if (rows[0]?.is_disowned) throw objectDisowned()
  return Number(rows[0]?.added) > 0
}
