import { termsOfFile } from '../../domain/files/file-terms.ts'
import { foldedName } from '../../domain/files/folded-name.ts'
import type { FileRecords } from '../records/files.ts'
import type { FileSearchDialect } from '../sql/file-search-dialect.ts'
import { FILE_COLUMNS, LIVE_FILE } from '../sql/file-statements.ts'
import { toFile } from '../sql/rows.ts'
import type { Connection, Transaction } from './connection.ts'

/**
 * Files are numbered in the order of slots of time, and within a slot in any order, so that numbers are safe integers.
 * No disk stores as many files in a slot as it has numbers.
 */
const SLOT_MS = 64
const NUMBERS = 2 ** 17
/** Last slot with numbers, in the year 2109. */
const LAST_SLOT = 2 ** 36 - 2

/** Returns the first number of the slot of a time. */
const firstNumber = (timeMs: string) => `(min(max(${timeMs} / ${SLOT_MS}, 0), ${LAST_SLOT}) * ${NUMBERS})`

const IS_INDEXED = 'search_number IS NOT NULL'
/** Files with all terms. */
const WITH_TERMS = `file_terms CROSS JOIN files INDEXED BY indexed_files ON files.search_number = file_terms.rowid
  WHERE file_terms MATCH $terms AND ${LIVE_FILE} AND ${IS_INDEXED}`

/** Searches of SQLite, whose full-text index has the terms of files in the order of their upload. */
export const SQLITE_FILE_SEARCH: FileSearchDialect = {
  isIndexed: IS_INDEXED,
  isWaiting: 'search_number IS NULL',
  key: 'search_number',
  byteOrder: 'COLLATE BINARY',
  readFrom: (index) => `files INDEXED BY ${index}`,
  contains: (text, part) => `instr(${text}, ${part}) > 0`,
  position: (text, part) => `instr(${text}, ${part})`,
  // A look-up ends with the rarest term.
  createTermChoice: () => async (terms) => [terms],
  findByTerms: 'SELECT rowid AS key FROM file_terms WHERE file_terms MATCH $terms LIMIT $maxFound',
  termsParameter: (terms) => terms.map((term) => `"${toToken(term)}"`).join(' '),
  isFound: 'search_number IN (SELECT key FROM found)',
  listByTime: ({ range, others, orderBy }, { filter, order, after }) => {
    const [direction, edge] = order === 'asc' ? ['ASC', 'max'] : ['DESC', 'min']
    const places = [
      after !== null && (order === 'asc' ? notBefore('$afterValue') : notAfter('$afterValue')),
      filter.uploadedAfterMs !== null && notBefore('$uploadedAfterMs'),
      filter.uploadedBeforeMs !== null && notAfter('$uploadedBeforeMs'),
    ].filter((place) => place !== false)
    const where = [...range, ...others, ...places].map((condition) => ` AND ${condition}`).join('')
    const lastSlot = `(SELECT ${edge}(number) / ${NUMBERS} FROM page)`
    const inPage =
      order === 'asc'
        ? `file_terms.rowid < (${lastSlot} + 1) * ${NUMBERS}`
        : `file_terms.rowid >= ${lastSlot} * ${NUMBERS}`
    // The page is sorted with all files of its last slot, whose numbers are in no order. It is read in the order of the
    // list first: otherwise FTS5 begins at the other end, and passes all other files.
    return `WITH page AS MATERIALIZED (
        SELECT file_terms.rowid AS number FROM ${WITH_TERMS}${where} ORDER BY file_terms.rowid ${direction} LIMIT $limit + 1)
      SELECT * FROM (
        SELECT ${FILE_COLUMNS} FROM ${WITH_TERMS}${where} AND ${inPage} ORDER BY file_terms.rowid ${direction} LIMIT -1)
      ${orderBy} LIMIT $limit + 1`
  },
}

const notBefore = (timeMs: string) => `file_terms.rowid >= ${firstNumber(timeMs)}`
const notAfter = (timeMs: string) => `file_terms.rowid < ${firstNumber(timeMs)} + ${NUMBERS}`

const WAITING = `SELECT ${FILE_COLUMNS} FROM files INDEXED BY unindexed_files
  WHERE deleted_at_ms IS NULL AND trashed_at_ms IS NULL AND search_number IS NULL LIMIT $limit`

/** Takes the number after all others of the slot. */
const NUMBER_FILE = `UPDATE files SET folded_name = $foldedName, search_number = (
    SELECT COALESCE(max(others.search_number) + 1, ${firstNumber('files.uploaded_at_ms')}) FROM files AS others
    WHERE others.search_number >= ${firstNumber('files.uploaded_at_ms')}
      AND others.search_number < ${firstNumber('files.uploaded_at_ms')} + ${NUMBERS})
  WHERE id = $id`

const ADD_TERMS =
  'INSERT INTO file_terms (rowid, terms) SELECT search_number, $terms FROM files WHERE id = $id'

/** Creates the indexing of files for searches. */
export function createFileIndexing({
  statements,
  write,
}: Pick<Connection, 'statements' | 'write'>): Pick<FileRecords, 'indexForSearch'> {
  return {
    indexForSearch: async (limit) => {
      // Most calls find none, and begin no transaction.
      if ((await statements.get(WAITING, { limit: 1 })) === null) return 0
      return write((inside) => indexFiles(inside, limit))
    },
  }
}

function indexFiles({ all, run }: Transaction, limit: number): number {
  const files = all(WAITING, { limit }).map(toFile)
  for (const file of files) {
    const { id } = file
    run(NUMBER_FILE, { id, foldedName: foldedName(file.filename) })
    run(ADD_TERMS, { id, terms: termsOfFile(file).map(toToken).join(' ') })
  }
  return files.length
}

function toToken(term: number): string {
  return (term >>> 0).toString(36)
}
