import { termsOfFile } from '../../domain/files/file-terms.ts'
import { foldedName } from '../../domain/files/folded-name.ts'
import type { FileRecords } from '../records/files.ts'
import type { FileSearchDialect } from '../sql/file-search-dialect.ts'
import { FILE_COLUMNS } from '../sql/file-statements.ts'
import { toFile } from '../sql/rows.ts'
import type { Connection, Transaction } from './connection.ts'
import { createTermChoice } from './term-choice.ts'

/** Searches of PostgreSQL, whose index of terms has no order. */
export const POSTGRES_FILE_SEARCH: FileSearchDialect = {
  isIndexed: 'is_indexed IS NOT NULL',
  isWaiting: 'is_indexed IS NULL',
  key: 'id',
  byteOrder: 'COLLATE "C"',
  readFrom: () => 'files',
  contains: (text, part) => `strpos(${text}, ${part}) > 0`,
  position: (text, part) => `strpos(${text}, ${part})`,
  createTermChoice,
  findByTerms: 'SELECT find_files_by_terms AS key FROM find_files_by_terms($terms::integer[], $maxFound)',
  termsParameter: toArray,
  // An array, because the planner expects few values in it, and looks each of them up.
  isFound: 'id = ANY (ARRAY(SELECT key FROM found))',
  listByTime: null,
}

const WAITING = `SELECT ${FILE_COLUMNS} FROM files WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL AND is_indexed IS NULL
  ORDER BY organization_id, uploaded_at_ms, id LIMIT $limit`

const ADD_TERMS = `INSERT INTO file_terms (file_id, terms)
  SELECT file.id, file.terms::integer[] FROM unnest($ids::text[], $terms::text[]) AS file (id, terms)
  ON CONFLICT (file_id) DO UPDATE SET terms = excluded.terms`

const MARK_INDEXED = `UPDATE files SET is_indexed = 1, folded_name = file.folded_name
  FROM unnest($ids::text[], $foldedNames::text[]) AS file (id, folded_name) WHERE files.id = file.id`

/** Creates the indexing of files for searches. */
export function createFileIndexing({
  statements,
  transaction,
}: Pick<Connection, 'statements' | 'transaction'>): Pick<FileRecords, 'indexForSearch'> {
  return {
    indexForSearch: async (limit) => {
      // Most calls find none, and begin no transaction.
      if ((await statements.get(WAITING, { limit: 1 })) === null) return 0
      return transaction((inside) => indexFiles(inside, limit))
    },
  }
}

async function indexFiles({ all, change }: Transaction, limit: number): Promise<number> {
  const files = (await all(`${WAITING} FOR UPDATE SKIP LOCKED`, { limit })).map(toFile)
  if (files.length === 0) return 0
  const ids = files.map(({ id }) => id)
  await change(ADD_TERMS, { ids, terms: files.map((file) => toArray(termsOfFile(file))) })
  await change(MARK_INDEXED, { ids, foldedNames: files.map(({ filename }) => foldedName(filename)) })
  return files.length
}

function toArray(terms: readonly number[]): string {
  return `{${terms.join(',')}}`
}
