import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, type FileObject, putObject, type UploadUrl } from './client.ts'
import { assertFieldError } from './envelope.ts'
import { json } from './exchange.ts'

const BYTES = Buffer.from('twelve bytes')
const REQUEST = { filename: 'report.txt', file_size: BYTES.length, mime_type: 'text/plain' }

describe('POST /files/upload-url with auto_register', () => {
  let server: TestApp
  let client: Client

  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  async function requestUrl(fields: Record<string, unknown> = {}): Promise<UploadUrl> {
    const answer = await client.post('/files/upload-url', { ...REQUEST, auto_register: true, ...fields })
    assert.equal(answer.status, 200, answer.bytes.toString())
    return json<UploadUrl>(answer)
  }
  const getFile = async (fileId: string) => json<FileObject>(await client.get(`/files/${fileId}`))

  it('registers the File with the last byte, and says so in a header that pages may read', async () => {
    const { upload_url, file_id } = await requestUrl()
    const answer = await putObject(upload_url, BYTES)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['x-waybill-file-id'], file_id)
    assert.match(String(answer.headers['access-control-expose-headers']), /x-waybill-file-id/i)
    assert.equal(json<{ kind: string }>(answer).kind, 'storage#object')
    const { original_filename, file_size, uploaded_by_api_key_id } = await getFile(file_id)
    assert.deepEqual([original_filename, file_size], ['report.txt', BYTES.length])
    assert.ok(uploaded_by_api_key_id)
  })

  it('lets a client register the File again', async () => {
    const { upload_url, gcs_path, file_id } = await requestUrl()
    await putObject(upload_url, BYTES)
    const registered = await client.post('/files', { ...REQUEST, gcs_path })
    assert.equal(registered.status, 201)
    assert.deepEqual(json<FileObject>(registered), await getFile(file_id))
  })

  it('answers 422 to the last byte of a refused content, and 410 with the same reason afterwards', async () => {
    const { upload_url, file_id } = await requestUrl({ mime_type: 'application/pdf' })
    const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex')
    const refused = await putObject(upload_url, png)
    assert.equal(refused.status, 422)
    const message = 'the bytes are not of type application/pdf'
    const errors = [{ message, domain: 'waybill', reason: 'FILE_TYPE_MISMATCH' }]
    assert.deepEqual(json(refused), { error: { code: 422, message, errors } })
    const later = await putObject(upload_url, png)
    assert.equal(later.status, 410)
    assert.deepEqual(json(later), { error: { code: 410, message, errors } })
    assert.equal((await client.get(`/files/${file_id}`)).status, 404)
  })

  it('leaves a File to the client when it is false', async () => {
    const { upload_url, file_id } = await requestUrl({ auto_register: false })
    const answer = await putObject(upload_url, BYTES)
    assert.deepEqual([answer.status, answer.headers['x-waybill-file-id']], [200, undefined])
    assert.equal((await client.get(`/files/${file_id}`)).status, 404)
  })

  it('is refused when it is no boolean', async () => {
    const answer = await client.post('/files/upload-url', { ...REQUEST, auto_register: 'yes' })
    assertFieldError(answer, 'auto_register')
  })
})
