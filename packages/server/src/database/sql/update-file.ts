import type { File } from '../../domain/files/file.ts'
import type { FileRecords } from '../records/files.ts'
import { LIVE_FILE, placeColumns } from './file-statements.ts'
import { metadataColumn, toFile } from './rows.ts'
import { changeRows, getRow, type Steps, type Transactions } from './transactions.ts'

/** Creates the change of a File. A new name or folder takes the File out of the indexes of searches until a job adds it again. */
export function createFileUpdate(
  { transact, dialect }: Pick<Transactions, 'transact' | 'dialect'>,
  indexedColumn: string,
): Pick<FileRecords, 'update'> {
  function* update(
    organizationId: string,
    fileId: string,
    changes: Parameters<FileRecords['update']>[2],
  ): Steps<File | null> {
    const scope = { organizationId, fileId }
    const row = yield* getRow(
      `SELECT * FROM files WHERE ${LIVE_FILE} AND id = $fileId ${dialect.forUpdate}`,
      scope,
    )
    if (row === null) return null
    const file = { ...toFile(row), ...changes }
    if (changes.metadata !== undefined) {
      yield* changeRows(`UPDATE files SET metadata = $metadata WHERE ${LIVE_FILE} AND id = $fileId`, {
        ...scope,
        metadata: metadataColumn(changes.metadata),
      })
    }
    if (changes.filename !== undefined || changes.path !== undefined) {
      const { path, foldedName } = placeColumns(file)
      yield* changeRows(
        `UPDATE files SET filename = $filename, path = $path, folded_name = $foldedName, ${indexedColumn} = NULL
         WHERE ${LIVE_FILE} AND id = $fileId`,
        { ...scope, filename: file.filename, path, foldedName },
      )
    }
    return file
  }
  return {
    update: (organizationId, fileId, changes) => transact(() => update(organizationId, fileId, changes)),
  }
}
