import { mkdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { TOKENIZER_VERSION } from '../tokens/tokenize.ts'

/** Version of the schema below. A file of another version is deleted and built again. */
const FORMAT_VERSION = 2
/** Wait for another process that writes the same file. */
const BUSY_TIMEOUT_MS = 10_000
/** Primary result codes of SQLite. */
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_NOTADB = 26

/**
 * `term_chunks` holds our own terms. A term ends with its frequency in the chunk (see `frequency-terms.ts`), so that
 * FTS5 need not store positions. `embeddings` are the vectors of chunks; `vector_segments` are those of some consecutive
 * chunks as 8-bit numbers, which a search reads first. `files.staged_by` names the run that still writes the chunks of a file.
 */
const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file_id TEXT NOT NULL,
    revision TEXT NOT NULL,
    language TEXT,
    attributes TEXT NOT NULL,
    staged_by TEXT,
    checked_by TEXT
  );
  CREATE UNIQUE INDEX live_files ON files (file_id) WHERE staged_by IS NULL;
  CREATE INDEX revisions_of_file ON files (file_id, staged_by);
  CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, file INTEGER NOT NULL, position INTEGER NOT NULL, length INTEGER NOT NULL
  );
  CREATE INDEX chunks_of_file ON chunks (file);
  CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL, context TEXT NOT NULL, page INTEGER, start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL
  );
  CREATE TABLE embeddings (id INTEGER PRIMARY KEY, vector BLOB NOT NULL);
  CREATE TABLE vector_segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file INTEGER NOT NULL, first_chunk INTEGER NOT NULL, dimensions INTEGER NOT NULL, scales BLOB NOT NULL, codes BLOB NOT NULL
  );
  CREATE INDEX segments_of_file ON vector_segments (file);
  CREATE VIRTUAL TABLE term_chunks USING fts5 (
    terms, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '_'"
  );
  CREATE VIRTUAL TABLE term_list USING fts5vocab (term_chunks, instance);
`

/** The open database file of one store. */
export interface StoreFile {
  readonly sqlite: DatabaseSync
  /** Returns a prepared statement, whose rows are arrays. */
  prepare(sql: string): StatementSync
  /** Runs the work in one transaction; `write` takes the lock of the file first. */
  transaction<T>(mode: 'read' | 'write', work: () => T): T
  /** Last change of the feed that is applied. */
  appliedSeq(): number
  /** Number that changes when another connection has written. */
  dataVersion(): number
  /** True when the path still leads to this file. */
  isInPlace(): boolean
  close(): void
}

export const storePath = (folder: string, storeId: string): string =>
  join(folder, storeId.slice(-2), `${storeId}.db`)

/** Opens the file of the store. A missing, damaged or outdated file is replaced by an empty index. */
export function openStoreFile(path: string): StoreFile {
  mkdirSync(dirname(path), { recursive: true })
  try {
    return open(path)
  } catch (error) {
    if (!isDamage(error)) throw error
    deleteStoreFile(path)
    return open(path)
  }
}

/** Deletes the file of the store and its log; idempotent. */
export function deleteStoreFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
}

/** An index of another version of this program. */
class OutdatedFile extends Error {}

/** Returns true when the error says that the file holds no sound index of this version. */
export function isDamage(error: unknown): boolean {
  return (
    error instanceof OutdatedFile ||
    [SQLITE_CORRUPT, SQLITE_NOTADB].includes(resultCode(error)) ||
    // Another program has emptied the file after its schema was verified.
    (error instanceof Error && error.message.startsWith('no such table: '))
  )
}

export const isFull = (error: unknown): boolean => resultCode(error) === SQLITE_FULL

/** Returns the primary result code of SQLite; 0 for other errors. */
function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
}

/**
 * Uses a rollback journal: SQLite maps the index of a write-ahead log into memory, and a program that shortens that file,
 * as a restore with `cp` does, would end this process with SIGBUS.
 */
function open(path: string): StoreFile {
  const sqlite = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    sqlite.exec('PRAGMA page_size = 1024; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = NORMAL')
    createOrVerify(sqlite)
    return fileOf(path, sqlite, statSync(path).ino)
  } catch (error) {
    sqlite.close()
    throw error
  }
}

function createOrVerify(sqlite: DatabaseSync): void {
  const versions = `${FORMAT_VERSION}.${TOKENIZER_VERSION}`
  const isEmpty = () => sqlite.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0
  if (isEmpty()) {
    sqlite.exec('BEGIN IMMEDIATE')
    if (isEmpty()) {
      sqlite.exec(SCHEMA)
      sqlite.prepare("INSERT INTO meta VALUES ('versions', ?), ('applied_seq', 0)").run(versions)
    }
    sqlite.exec('COMMIT')
  }
  let found: unknown
  try {
    found = sqlite.prepare("SELECT value FROM meta WHERE key = 'versions'").get()?.value
  } catch (error) {
    if (isDamage(error)) throw error
    throw new OutdatedFile('the file holds no index', { cause: error })
  }
  if (found !== versions) throw new OutdatedFile(`the index has version ${found}, not ${versions}`)
}

function fileOf(path: string, sqlite: DatabaseSync, inode: number): StoreFile {
  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known) return known
    const statement = sqlite.prepare(sql)
    statement.setReturnArrays(true)
    statements.set(sql, statement)
    return statement
  }
  const numberOf = (sql: string): number =>
    Number((prepare(sql).get() as unknown as unknown[] | undefined)?.[0] ?? 0)
  return {
    sqlite,
    prepare,
    transaction: (mode, work) => {
      sqlite.exec(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN')
      try {
        const result = work()
        sqlite.exec('COMMIT')
        return result
      } catch (error) {
        if (sqlite.isTransaction) sqlite.exec('ROLLBACK')
        throw error
      }
    },
    appliedSeq: () => numberOf("SELECT value FROM meta WHERE key = 'applied_seq'"),
    dataVersion: () => numberOf('PRAGMA data_version'),
    isInPlace: () => statSync(path, { throwIfNoEntry: false })?.ino === inode,
    close: () => sqlite.close(),
  }
}
