import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { type ApiAnswer, createApi, MIME_TYPE } from '../clients/api.ts'
import { send } from '../clients/session.ts'
import { startServer, type TestServer } from '../start-server.ts'
import { liftFileSizeLimit, limitFileSize, whyNoFileSizeLimit } from './file-size-limit.ts'

/** More in the long mode. */
const ATTEMPTS = Number(process.env.DATABASE_FAULTS ?? 12)
/** Growth of the database's log that each attempt allows. No multiple of a page, so that writes are torn too. */
const STEP_BYTES = Math.ceil(41_593 / ATTEMPTS)
const LESS_THAN_A_PAGE_BYTES = 1733
/** Limit of calls, more than the largest file size limit allows. */
const MAX_CALLS = 50
const BODY = Buffer.from('a small file')

describe('a database that cannot be written', () => {
  let server: TestServer
  let raw: DatabaseSync
  const api = createApi(() => server)
  const openUrl = () =>
    api.call('POST', '/files/upload-url', {
      filename: 'small.bin',
      file_size: BODY.length,
      mime_type: MIME_TYPE,
    })

  before(async () => {
    server = await startServer()
    raw = new DatabaseSync(join(server.dataDir, 'waybill.db'), { timeout: 10_000 })
  })

  after(async () => {
    raw?.close()
    await server?.stop()
  })

  const assertRefused = ({ status, body }: ApiAnswer) => {
    assert.ok(status === 503 || status === 507, JSON.stringify(body))
    assert.equal(body.success, false)
    assert.equal(body.error.code, status === 507 ? 'STORAGE_FULL' : 'SERVICE_UNAVAILABLE')
  }

  it('refuses requests that it cannot record, wherever a write fails, and loses nothing that it acknowledged', {
    skip: whyNoFileSizeLimit() ?? false,
  }, async () => {
    const acknowledged: string[] = []
    let refused = 0
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      raw.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      limitFileSize(server.pid, attempt * STEP_BYTES)
      for (let calls = 0; ; calls++) {
        assert.ok(calls < MAX_CALLS, 'every call is answered, and none has room')
        const answer = await openUrl()
        if (answer.status !== 200) {
          assertRefused(answer)
          break
        }
        acknowledged.push(answer.body.file_id)
      }
      refused++
      assert.equal((await api.call('GET', '/files')).status, 200)
      liftFileSizeLimit(server.pid)
      const answer = await openUrl()
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
      acknowledged.push(answer.body.file_id)
    }
    await server.kill('SIGKILL')
    server = await server.restart()
    const kept = new Set(
      raw
        .prepare('SELECT file_id FROM upload_sessions')
        .all()
        .map((row) => row.file_id),
    )
    for (const id of acknowledged) assert.ok(kept.has(id), `${id} was acknowledged, and is not there`)
    assert.equal(raw.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
    console.log(
      `faults of the database: ${refused} points, 0 losses of ${acknowledged.length} acknowledged records`,
    )
  })

  it('refuses a chunk whose announced hash it cannot record, and accepts it afterwards', {
    skip: whyNoFileSizeLimit() ?? false,
  }, async () => {
    const { body } = await openUrl()
    const headers = { 'Content-Length': BODY.length, 'X-Goog-Hash': 'crc32c=AAAAAA==' }
    raw.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    limitFileSize(server.pid, LESS_THAN_A_PAGE_BYTES)
    const refusal = await send({ url: body.upload_url, headers }, piecesOf(BODY))
    assert.ok(refusal.status === 503 || refusal.status === 507, refusal.body)
    assert.equal(JSON.parse(refusal.body).error.code, refusal.status)
    liftFileSizeLimit(server.pid)
    // The first hash was not recorded, so this one does not conflict with it.
    const right = { 'Content-Length': BODY.length }
    const answer = await send({ url: body.upload_url, headers: right }, piecesOf(BODY))
    assert.equal(answer.status, 200, answer.body)
  })

  it('registers a complete upload with a later request when it cannot record the File', {
    skip: whyNoFileSizeLimit() ?? false,
  }, async () => {
    const tus = { 'Tus-Resumable': '1.0.0' }
    const created = await fetch(`${server.baseUrl}/files/tus`, {
      method: 'POST',
      headers: { ...tus, 'X-API-Key': server.apiKey, 'Upload-Length': String(BODY.length) },
    })
    const url = created.headers.get('location') ?? ''
    const fileId = created.headers.get('x-waybill-file-id')
    raw.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    limitFileSize(server.pid, LESS_THAN_A_PAGE_BYTES)
    const bytesType = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' }
    const refusal = await fetch(url, { method: 'PATCH', headers: { ...tus, ...bytesType }, body: BODY })
    assert.ok(refusal.status === 503 || refusal.status === 507, await refusal.text())
    assert.equal((await api.call('GET', `/files/${fileId}`)).status, 404)
    liftFileSizeLimit(server.pid)
    const state = await fetch(url, { method: 'HEAD', headers: tus })
    assert.equal(state.headers.get('x-waybill-file-id'), fileId)
    assert.equal((await api.call('GET', `/files/${fileId}`)).body.file_size, BODY.length)
  })

  it('waits for the lock of another process, and reads meanwhile', async () => {
    raw.exec('BEGIN IMMEDIATE')
    const opening = openUrl()
    assert.equal((await api.call('GET', '/files')).status, 200)
    raw.exec('ROLLBACK')
    assert.equal((await opening).status, 200)
  })

  it('refuses requests while another process holds the lock for too long, and recovers afterwards', async () => {
    raw.exec('BEGIN IMMEDIATE')
    const answers = await Promise.all([openUrl(), openUrl()])
    for (const answer of answers) {
      assertRefused(answer)
      assert.equal(answer.status, 503)
    }
    raw.exec('ROLLBACK')
    assert.equal((await openUrl()).status, 200)
  })
})

async function* piecesOf(bytes: Buffer) {
  yield bytes
}
