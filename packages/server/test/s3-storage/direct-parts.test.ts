import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { type Client, createClient } from '../api/client.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { startDirectApp } from './start-direct-app.ts'

const MIB = 1024 * 1024
/** One part and a shorter one. */
const BYTES = randomBytes(8 * MIB + 99)
const FACTS = { filename: 'direct.bin', file_size: BYTES.length, mime_type: 'application/octet-stream' }
const jsonOf = ({ bytes }: { readonly bytes: Buffer }) => JSON.parse(bytes.toString())

describe('uploads of parts that clients send to S3 storage', () => {
  let app: TestApp
  let client: Client
  before(async () => {
    app = await startDirectApp()
    client = createClient(app)
  })
  after(() => app.stop())

  const open = async (more: object = {}) =>
    jsonOf(await client.post('/files/upload-url', { ...FACTS, upload_type: 'parts', ...more }))
  const pathOf = (url: string) => url.slice(app.baseUrl.length)
  const sendAll = async (partsUrl: string) => {
    const { parts } = jsonOf(await client.post(pathOf(partsUrl), { numbers: [1, 2] }))
    const sent = []
    for (const { number, url, size } of parts) {
      const start = (number - 1) * 8 * MIB
      const body = new Uint8Array(BYTES.subarray(start, start + size))
      const { status, headers } = await fetch(url, { method: 'PUT', body })
      assert.equal(status, 200)
      sent.push({ number, etag: headers.get('etag') })
    }
    return sent
  }

  it('joins and registers them, and redirects downloads to the storage', async () => {
    const sha256 = createHash('sha256').update(BYTES).digest('hex')
    const opened = await open({ sha256 })
    assert.deepEqual([opened.part_size, opened.part_count, opened.upload_url], [8 * MIB, 2, undefined])
    const listed = jsonOf(await client.get('/files/uploads')).uploads
    assert.equal(
      listed.find(({ file_id }: { file_id: string }) => file_id === opened.file_id).received_bytes,
      null,
    )
    const parts = await sendAll(opened.parts_url)
    const early = await client.post('/files', { ...FACTS, gcs_path: opened.gcs_path })
    assert.equal(jsonOf(early).error.code, 'UPLOAD_INCOMPLETE')
    const completed = await client.post(pathOf(opened.complete_url), { parts })
    assert.equal(jsonOf(completed).file_size, BYTES.length)
    const registered = await client.post('/files', { ...FACTS, gcs_path: opened.gcs_path })
    const file = jsonOf(registered)
    assert.deepEqual([registered.status, file.id, file.sha256], [201, opened.file_id, sha256])
    const { download_url } = jsonOf(await client.get(`/files/${file.id}/content`))
    const downloaded = await fetch(download_url)
    assert.ok(BYTES.equals(Buffer.from(await downloaded.arrayBuffer())))
    assert.ok(!download_url.startsWith(app.url), 'the URL is that of the storage')
  })

  it('refuses parts that are not stored, and numbers that the upload does not have', async () => {
    const { parts_url, complete_url } = await open()
    const [first] = await sendAll(parts_url)
    for (const [path, body, field] of [
      [complete_url, { parts: [first] }, 'parts'],
      [complete_url, { parts: [first, { number: 2, etag: '"other"' }] }, 'parts'],
      [parts_url, { numbers: [1, 3] }, 'numbers'],
    ] as const) {
      const answer = await client.post(pathOf(path), body)
      const { code, details } = jsonOf(answer).error
      assert.deepEqual([answer.status, code, details.field], [422, 'VALIDATION_ERROR', field])
    }
  })

  it('creates no object of other bytes than were announced', async () => {
    const { parts_url, complete_url, gcs_path } = await open({ sha256: '0'.repeat(64) })
    const answer = await client.post(pathOf(complete_url), { parts: await sendAll(parts_url) })
    assert.equal(jsonOf(answer).error.code, 'CHECKSUM_MISMATCH')
    const registered = await client.post('/files', { ...FACTS, gcs_path })
    assert.equal(jsonOf(registered).error.code, 'UPLOAD_INCOMPLETE')
  })

  it('takes nothing after a cancellation', async () => {
    const { parts_url, complete_url, file_id } = await open()
    const parts = await sendAll(parts_url)
    assert.equal((await client.del(`/files/uploads/${file_id}`)).status, 204)
    for (const [url, body] of [
      [parts_url, { numbers: [1] }],
      [complete_url, { parts }],
    ] as const) {
      const answer = await client.post(pathOf(url), body)
      assert.equal(jsonOf(answer).error.code, 'UPLOAD_SESSION_EXPIRED')
    }
  })

  it('are no uploads of another organization', async () => {
    const { file_id } = await open()
    const { organizationId, apiKey } = await app.addOrganization(`org_${Date.now().toString(36)}`)
    const other = createClient(app, { organizationId, apiKey })
    for (const [action, body] of [
      ['parts', { numbers: [1] }],
      ['complete', { parts: [{ number: 1, etag: 'any' }] }],
    ] as const) {
      assert.equal((await other.post(`/files/uploads/${file_id}/${action}`, body)).status, 404)
    }
  })

  it('are not registered automatically', async () => {
    const { error } = await open({ auto_register: true })
    assert.deepEqual([error.code, error.details.field], ['VALIDATION_ERROR', 'auto_register'])
  })

  it('take no part through the service', async () => {
    const { file_id } = await open()
    const body = new FormData()
    body.append('data', new Blob(['part']), 'part')
    const headers = { authorization: `Bearer ${app.apiKey}` }
    const url = `${app.url}/v1/uploads/${file_id.replace('file_', 'upload_')}/parts`
    assert.equal((await fetch(url, { method: 'POST', headers, body })).status, 404)
  })

  it('are refused by a service with another storage', async () => {
    const local = await startApp()
    const answer = await createClient(local).post('/files/upload-url', { ...FACTS, upload_type: 'parts' })
    await local.stop()
    const { code, details } = jsonOf(answer).error
    assert.deepEqual([code, details.field], ['VALIDATION_ERROR', 'upload_type'])
  })
})
