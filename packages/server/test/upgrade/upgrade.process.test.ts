import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { openDatabase } from '../../src/compose/open-database.ts'
import { openStorage } from '../../src/compose/open-storage.ts'
import type { Database } from '../../src/database/database.ts'
import { messageOf } from '../../src/database/records/conversations.conformance.ts'
import { responseOf } from '../../src/database/records/responses.conformance.ts'
import { createId } from '../../src/domain/ids.ts'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { createTestDatabase, runOnce, withoutPostgres } from '../postgres/test-database.ts'
import { listeningUrl, spawnWaybill } from '../start-server.ts'
import { CHUNK, type Facts, HELLO, LATER, REPORT } from './facts.ts'

const FOLDER = import.meta.dirname
const archives = (await readdir(FOLDER)).filter((name) => name.endsWith('.tar.gz'))

for (const archive of archives) {
  for (const database of ['SQLite', 'PostgreSQL'] as const) {
    const skip = database === 'PostgreSQL' && withoutPostgres
    describe(`${archive} on ${database}`, { skip }, () => testInstallation(archive, database))
  }
}

/** Starts this version on an installation of an earlier one, and uses all of its data. */
function testInstallation(archive: string, database: 'SQLite' | 'PostgreSQL'): void {
  let folder: string
  let facts: Facts
  let url: string
  let files: string
  /** Records of the installation, which the server uses at the same time. */
  let records: Database
  const endings: (() => Promise<void>)[] = []

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-upgrade-'))
    endings.unshift(() => rm(folder, { recursive: true, force: true }))
    await promisify(execFile)('tar', ['-xzf', join(FOLDER, archive), '-C', folder])
    facts = JSON.parse(await readFile(join(folder, 'facts.json'), 'utf8'))
    let settings: Parameters<typeof openDatabase>[0] = {
      kind: 'sqlite',
      path: join(folder, 'data/waybill.db'),
    }
    const env: Record<string, string> = {}
    if (database === 'PostgreSQL') {
      const created = await createTestDatabase()
      endings.unshift(() => created.remove())
      await runOnce(created.url, await readFile(join(folder, 'postgres.sql'), 'utf8'))
      // As pg_dump writes it.
      const sequence = "pg_get_serial_sequence('audit_events', 'id')"
      await runOnce(created.url, `SELECT setval(${sequence}, max(id)) FROM audit_events`)
      env.DATABASE_URL = created.url
      settings = { kind: 'postgres', url: created.url, maxConnections: 2 }
    }
    const server = spawnWaybill(join(folder, 'data'), ['serve'], env)
    endings.unshift(async () => {
      const ended = once(server, 'exit')
      server.kill('SIGTERM')
      await ended
    })
    url = await listeningUrl(server)
    const opened = await openDatabase(settings)
    endings.unshift(() => opened.close())
    records = opened
    files = `${url}/v1/organizations/${facts.organizationId}/files`
  })
  after(async () => {
    for (const end of endings) await end()
  })

  const get = (path: string, key = facts.adminKey) =>
    fetch(`${files}${path}`, { headers: { 'x-api-key': key } })

  const register = (filename: string, gcsPath: string, bytes: number) =>
    fetch(files, {
      method: 'POST',
      headers: { 'x-api-key': facts.adminKey, 'content-type': 'application/json' },
      body: JSON.stringify({
        filename,
        gcs_path: gcsPath,
        file_size: bytes,
        mime_type: 'application/octet-stream',
      }),
    })

  it('lists the existing files, newest first', async () => {
    const { files: listed } = (await (await get('')).json()) as { files: Record<string, unknown>[] }
    const seen = listed.map((file) => ({
      id: file.id,
      filename: file.original_filename,
      mimeType: file.mime_type,
      bytes: file.file_size,
      crc32c: file.crc32c,
    }))
    assert.deepEqual(seen, facts.files)
  })

  it('serves their bytes', async () => {
    for (const [index, bytes] of [REPORT, HELLO].entries()) {
      const answer = await get(`/${facts.files[index]?.id}/content`)
      const content = (await answer.json()) as { download_url: string }
      const downloaded = await fetch(content.download_url)
      assert.deepEqual(Buffer.from(await downloaded.arrayBuffer()), bytes)
    }
  })

  it('reads the existing objects, and creates an object of parts beside them', async () => {
    const storage = await openStorage({ kind: 'disk', directory: join(folder, 'data/objects') })
    const [report] = facts.files
    const existing = `files/${facts.organizationId}/${report?.id}/${report?.filename}`
    assert.deepEqual(await buffer(await storage.read(existing)), REPORT)
    const spec = { name: 'files/of-parts', contentType: 'text/csv' }
    const head = Readable.from([Buffer.from(HELLO)], { objectMode: false })
    assert.equal((await storage.parts.link({ name: spec.name, partId: '1' }, existing)).kind, 'part')
    await storage.parts.write({ name: spec.name, partId: '2' }, head, { maxBytes: HELLO.length })
    const choices = ['2', '1'].map((partId) => ({ partId, version: null }))
    assert.equal((await storage.parts.complete(spec, choices, NO_HASHES)).kind, 'object')
    assert.deepEqual(await buffer(await storage.read(spec.name)), Buffer.concat([HELLO, REPORT]))
    await storage.remove(spec.name)
    assert.deepEqual(await buffer(await storage.read(existing)), REPORT)
    await storage.close()
  })

  it('answers 404 for deleted files', async () => {
    assert.equal((await get(`/${facts.deletedFileId}`)).status, 404)
  })

  it('accepts the keys with their scopes and states', async () => {
    assert.equal((await get('', facts.readerKey)).status, 200)
    const refused = await fetch(`${files}/${facts.files[0]?.id}`, {
      method: 'DELETE',
      headers: { 'x-api-key': facts.readerKey },
    })
    assert.equal(refused.status, 403)
    const paused = await get('', facts.pausedKey)
    const { error } = (await paused.json()) as { error: { code: string } }
    assert.equal(error.code, 'API_KEY_PAUSED')
  })

  it('lists the open uploads', async () => {
    const answer = await get('/uploads')
    const { uploads } = (await answer.json()) as { uploads: { file_id: string }[] }
    const ids = uploads.map(({ file_id }) => file_id)
    assert.deepEqual(ids.toSorted(), [facts.open.fileId, facts.complete.fileId].toSorted())
  })

  it('resumes an upload at the offset of the earlier version, and registers it', async () => {
    const total = CHUNK.length + LATER.length
    const status = await fetch(`${url}${facts.open.path}`, {
      method: 'PUT',
      headers: { 'content-range': 'bytes */*' },
    })
    assert.equal(status.headers.get('range'), `bytes=0-${CHUNK.length - 1}`)
    const sent = await fetch(`${url}${facts.open.path}`, {
      method: 'PUT',
      headers: { 'content-range': `bytes ${CHUNK.length}-${total - 1}/${total}` },
      body: LATER,
    })
    assert.equal(sent.status, 200)
    assert.equal((await register('half.bin', facts.open.gcsPath, total)).status, 201)
  })

  it('registers an upload whose last byte the earlier version had stored', async () => {
    assert.equal((await register('complete.bin', facts.complete.gcsPath, LATER.length)).status, 201)
  })

  it('stores existing content once more when its SHA-256 is announced, and shares it from then on', async () => {
    const headers = { 'x-api-key': facts.adminKey }
    const sha256 = createHash('sha256').update(HELLO).digest('hex')
    const ask = async () => {
      const body = { filename: 'hello.txt', file_size: HELLO.length, mime_type: 'text/plain', sha256 }
      const answer = await fetch(`${files}/upload-url`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, auto_register: true }),
      })
      return (await answer.json()) as { already_stored: boolean; upload_url: string; file_id: string }
    }
    const first = await ask()
    assert.equal(first.already_stored, false)
    assert.equal((await fetch(first.upload_url, { method: 'PUT', body: HELLO })).status, 200)
    const second = await ask()
    assert.equal(second.already_stored, true)
    for (const { file_id } of [first, second]) {
      assert.equal((await fetch(`${files}/${file_id}`, { method: 'DELETE', headers })).status, 204)
    }
  })

  it('adds the existing files to a vector store', async () => {
    const { organizationId } = facts
    const viewer = { organizationId, actorId: null, seesAll: true }
    const store = { name: 'Old files', description: null, createdBy: 'operator', metadata: {} }
    const options = { accessMode: 'organization', expiresAfterDays: null } as const
    const ids = [...facts.files.map(({ id }) => id), facts.deletedFileId]
    const toAdd = ids.map((fileId) => ({ id: createId('vsf'), fileId, attributes: null, chunking: null }))
    const id = createId('vs')
    const created = await records.vectorStores.create(viewer, { ...store, ...options, id }, toAdd, Date.now())
    assert.deepEqual(created.counts, { inProgress: 2, completed: 0, failed: 1, cancelled: 0 })
    assert.equal(created.dataBytes, HELLO.length + REPORT.length)
  })

  it('stores conversations and responses of an existing organization', async () => {
    const { organizationId } = facts
    const conversation = { id: createId('conv'), title: 'Old files', metadata: {}, createdBy: 'operator' }
    const question = messageOf('question')
    await records.conversations.create(organizationId, conversation, [question], Date.now())
    const found = await records.conversations.findItem(organizationId, conversation.id, question.id)
    assert.deepEqual(found?.item, question)
    const response = responseOf(organizationId)
    assert.ok(await records.responses.add(response, [question], Date.now() + 60_000))
    assert.deepEqual(await records.responses.find(organizationId, response.id, Date.now()), response)
    const request = { nowMs: Date.now(), expiresAtMs: 0 }
    const items = await records.responses.findItems(organizationId, [question.id], request)
    assert.deepEqual(items?.get(question.id), question)
  })

  it('counts the used bytes as if it had written all files itself', async () => {
    const expected = HELLO.length + REPORT.length + CHUNK.length + 2 * LATER.length
    const answer = await fetch(`${url}/v1/organizations/${facts.organizationId}`, {
      headers: { 'x-api-key': facts.adminKey },
    })
    const organization = (await answer.json()) as Record<string, unknown>
    assert.equal(organization.storage_used_bytes, expected)
    assert.equal(organization.storage_reserved_bytes, 0)
  })
}
