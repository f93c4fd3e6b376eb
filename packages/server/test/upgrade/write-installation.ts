// Writes an installation of this version, as a fixture for the upgrade tests of later versions. Run it at a release:
//   node packages/server/test/upgrade/write-installation.ts packages/server/test/upgrade/installation-VERSION.tar.gz
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { startPostgres } from '../postgres/postgres-server.ts'
import { runWaybill, startServer, type TestServer } from '../start-server.ts'
import { CHUNK, type Facts, type FileFacts, HELLO, LATER, REPORT } from './facts.ts'

const run = promisify(execFile)
const MIGRATIONS = join(import.meta.dirname, '../../src/database/migrations/postgres')
const TABLES_IN_ORDER = ['organizations', 'api_keys', 'upload_sessions', 'files']
/** Sessions of the installation must not expire before a later version is tested with it. */
const YEAR_2100_MS = 4_102_444_800_000

const [output] = process.argv.slice(2)
if (output === undefined) throw new Error('name the archive to write')
const folder = await mkdtemp(join(tmpdir(), 'waybill-released-'))
try {
  const dataDir = join(folder, 'data')
  const facts = await fill(dataDir)
  const records = new DatabaseSync(join(dataDir, 'waybill.db'))
  records.exec(`UPDATE upload_sessions SET expires_at_ms = ${YEAR_2100_MS} WHERE state = 'open'`)
  records.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  records.close()
  await writeFile(join(folder, 'postgres.sql'), await dumpOnPostgres(dataDir))
  await writeFile(join(folder, 'facts.json'), `${JSON.stringify(facts, null, 2)}\n`)
  const members = ['data/waybill.db', 'data/objects', 'postgres.sql', 'facts.json']
  await run('tar', ['-czf', resolve(output), '-C', folder, ...members])
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** Creates data of every kind. */
async function fill(dataDir: string): Promise<Facts> {
  await mkdir(dataDir, { recursive: true })
  const server = await startServer({ dataDir })
  const files = `${server.baseUrl}/files`
  const call = callerOf(server)
  const readerKey = await call('POST', `${server.baseUrl}/api-keys`, {
    key_name: 'Reader',
    scopes: ['files:read'],
  })
  const pausedKey = await call('POST', `${server.baseUrl}/api-keys`, { key_name: 'Paused' })
  await call('POST', `${server.baseUrl}/api-keys/${pausedKey.id}/pause`)

  const hello = await storeFile(call, files, 'hello.txt', 'text/plain', HELLO)
  const report = await storeFile(call, files, 'report.csv', 'text/csv', REPORT)
  const deleted = await storeFile(call, files, 'gone.txt', 'text/plain', HELLO)
  await call('DELETE', `${files}/${deleted.id}`)

  const open = await openUpload(call, files, 'half.bin', CHUNK.length + LATER.length)
  await send(open.upload_url, CHUNK, `bytes 0-${CHUNK.length - 1}/*`)
  const complete = await openUpload(call, files, 'complete.bin', LATER.length)
  await send(complete.upload_url, LATER, null)
  const cancelled = await openUpload(call, files, 'cancelled.bin', LATER.length)
  await call('DELETE', `${files}/uploads/${cancelled.file_id}`)
  await server.kill('SIGTERM')
  return {
    organizationId: server.organizationId,
    adminKey: server.apiKey,
    readerKey: String(readerKey.key),
    pausedKey: String(pausedKey.key),
    files: [report, hello],
    deletedFileId: deleted.id,
    open: uploadFacts(open),
    complete: uploadFacts(complete),
  }
}

type Call = (method: string, url: string, body?: object) => Promise<Record<string, unknown>>

function callerOf({ apiKey }: TestServer): Call {
  return async (method, url, body) => {
    const answer = await fetch(url, {
      method,
      headers: { 'x-api-key': apiKey, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text}`)
    return text === '' ? {} : JSON.parse(text)
  }
}

async function openUpload(call: Call, files: string, filename: string, bytes: number) {
  const input = { filename, file_size: bytes, mime_type: 'application/octet-stream' }
  return call('POST', `${files}/upload-url`, input)
}

function uploadFacts(opened: Record<string, unknown>) {
  const url = new URL(String(opened.upload_url))
  return {
    fileId: String(opened.file_id),
    path: `${url.pathname}${url.search}`,
    gcsPath: String(opened.gcs_path),
  }
}

async function send(url: unknown, body: Uint8Array, range: string | null): Promise<void> {
  const headers: Record<string, string> = range === null ? {} : { 'content-range': range }
  const answer = await fetch(String(url), { method: 'PUT', headers, body: Buffer.from(body) })
  if (![200, 308].includes(answer.status)) throw new Error(`the upload answered ${answer.status}`)
}

async function storeFile(
  call: Call,
  files: string,
  filename: string,
  mimeType: string,
  bytes: Uint8Array,
): Promise<FileFacts> {
  const declared = { filename, file_size: bytes.length, mime_type: mimeType }
  const opened = await call('POST', `${files}/upload-url`, declared)
  await send(opened.upload_url, bytes, null)
  const file = await call('POST', files, { ...declared, gcs_path: opened.gcs_path })
  return { id: String(file.id), filename, mimeType, bytes: bytes.length, crc32c: String(file.crc32c) }
}

/** Returns the same records as SQL for PostgreSQL: the schema of this version, and all rows. */
async function dumpOnPostgres(dataDir: string): Promise<string> {
  const postgres = await startPostgres({ settings: ['fsync=off'] })
  try {
    const url = `${postgres.url}/postgres`
    const source = `sqlite:${join(dataDir, 'waybill.db')}`
    await runWaybill(dataDir, ['database', 'copy', '--from', source, '--to', url])
    const client = new Client(url)
    await client.connect()
    const migrations = (await readdir(MIGRATIONS)).toSorted()
    const schema = await Promise.all(migrations.map((name) => readFile(join(MIGRATIONS, name), 'utf8')))
    const version = [
      'CREATE TABLE schema_version (version INTEGER NOT NULL);',
      `INSERT INTO schema_version VALUES (${migrations.length});`,
    ]
    const rows = await dumpRows(client)
    await client.end()
    return `${[...version, ...schema, ...rows].join('\n')}\n`
  } finally {
    await postgres.stop()
  }
}

async function dumpRows(client: Client): Promise<string[]> {
  const { rows: tables } = await client.query(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('schema_version', 'unfinished_copy')",
  )
  const names: string[] = tables.map(({ tablename }) => tablename)
  const others = names.filter((name) => !TABLES_IN_ORDER.includes(name))
  const inserts: string[] = []
  for (const name of [...TABLES_IN_ORDER, ...others]) {
    const { rows } = await client.query(`SELECT json_agg(t)::text AS rows FROM ${name} t`)
    const text: string | null = rows[0].rows
    if (text === null) continue
    const quoted = client.escapeLiteral(text)
    inserts.push(
      `INSERT INTO ${name} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::${name}, ${quoted}::json);`,
    )
  }
  return inserts
}
