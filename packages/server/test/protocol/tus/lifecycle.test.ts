import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { operatorCaller } from '../../../src/domain/access/caller.ts'
import { updateOrganization } from '../../../src/operations/organizations/update-organization.ts'
import { createClient } from '../../api/client.ts'
import { json } from '../../api/exchange.ts'
import { encodeChunks, eventually } from '../exchange.ts'
import { SIDE_BY_SIDE, someBytes } from '../session.ts'
import {
  assertRefused,
  BYTES_TYPE,
  head,
  metadata,
  offsetOf,
  patch,
  send,
  startBytes,
  useTus,
} from './tus.ts'

const SIZE = 300_000
const object = someBytes(SIZE)
const server = useTus()

interface OpenUpload {
  readonly file_id: string
  readonly received_bytes: number
}

const sha1 = (bytes: Uint8Array) => `sha1 ${createHash('sha1').update(bytes).digest('base64')}`

describe('A file that is uploaded with tus', SIDE_BY_SIDE, () => {
  const FACTS: Readonly<
    Record<string, readonly [metadata: Record<string, string>, name: string, type: string]>
  > = {
    'the name and the type of the metadata': [
      { filename: 'naïve 文.csv', filetype: 'text/csv' },
      'naïve 文.csv',
      'text/csv',
    ],
    'what Uppy sends': [
      { relativePath: 'null', name: 'a.txt', type: 'text/plain', filename: 'a.txt', filetype: 'text/plain' },
      'a.txt',
      'text/plain',
    ],
    'the usual type of its name': [{ filename: 'a.csv' }, 'a.csv', 'text/csv'],
    'a name and a type without metadata': [{}, 'upload', 'application/octet-stream'],
  }
  for (const [name, [values, filename, type]] of Object.entries(FACTS)) {
    it(`has ${name}`, async () => {
      const { url, fileId } = await server.open(4, metadata(values))
      assert.equal((await patch(url, 0, 'a,b\n')).headers['x-waybill-file-id'], fileId)
      const file = await server.file(fileId)
      assert.deepEqual([file?.original_filename, file?.mime_type], [filename, type])
      assert.match(file?.uploaded_by_api_key_id ?? '', /^ak_/)
    })
  }

  it('has the folder of the relative path that Uppy sends', async () => {
    const { url, fileId } = await server.open(
      4,
      metadata({ filename: 'a.csv', relativePath: 'year/2026/a.csv' }),
    )
    await patch(url, 0, 'a,b\n')
    const file = await server.file(fileId)
    assert.deepEqual([file?.path, file?.original_filename], ['year/2026', 'a.csv'])
  })

  it('has the bytes once when two requests send them at once', async () => {
    const { url, fileId } = await server.open(3)
    // Either may interrupt the other.
    await Promise.allSettled([patch(url, 0, 'abc'), patch(url, 0, 'abc')])
    const offset = await offsetOf(url)
    assert.equal((await patch(url, offset, 'abc'.slice(offset))).status, 204)
    assert.equal((await server.bytes(fileId)).toString(), 'abc')
  })

  it('ends with a length that is told last', async () => {
    const { url, fileId } = await server.open(null)
    await patch(url, 0, 'abc')
    assert.equal(await server.file(fileId), null)
    const told = await patch(url, 3, '', { 'Upload-Length': '3' })
    assert.equal(told.status, 204)
    assert.equal(told.headers['x-waybill-file-id'], fileId)
    assert.equal((await server.bytes(fileId)).toString(), 'abc')
  })

  it('is empty when its length is told to be 0', async () => {
    const { url, fileId } = await server.open(null)
    assert.equal((await patch(url, 0, '', { 'Upload-Length': '0' })).status, 204)
    assert.equal((await server.file(fileId))?.file_size, 0)
  })
})

describe('A request of tus that breaks off', SIDE_BY_SIDE, () => {
  it('keeps the bytes of a PATCH', async () => {
    const { url, fileId } = await server.open(SIZE)
    const broken = await startBytes(url, 'PATCH', { 'Upload-Offset': '0' }, SIZE)
    await broken.write(object.subarray(0, 100_000))
    broken.end()
    await broken.closed()
    assert.equal(await offsetOf(url), 100_000)
    assert.equal((await patch(url, 100_000, object.subarray(100_000))).status, 204)
    assert.deepEqual(await server.bytes(fileId), object)
  })

  it('keeps the session and the bytes of a creation', async () => {
    const { baseUrl, apiKey } = server.app
    const headers = {
      'Upload-Length': String(SIZE),
      'X-API-Key': apiKey,
      ...metadata({ filename: 'cut.bin' }),
    }
    const broken = await startBytes(`${baseUrl}/files/tus`, 'POST', headers, SIZE)
    await broken.write(object.subarray(0, 100_000))
    broken.end()
    await broken.closed()
    const kept = await eventually('the bytes are kept', async () => {
      const { uploads } = json<{ uploads: OpenUpload[] }>(await server.client.get('/files/uploads?limit=100'))
      return uploads.find(({ received_bytes }) => received_bytes === 100_000)
    })
    assert.match(kept.file_id, /^file_/)
  })

  it('keeps nothing of a PATCH with a checksum, which cannot be verified', async () => {
    const { url } = await server.open(SIZE)
    const headers = { 'Upload-Offset': '0', 'Upload-Checksum': sha1(object) }
    const broken = await startBytes(url, 'PATCH', headers, SIZE)
    await broken.write(object.subarray(0, 100_000))
    broken.end()
    await broken.closed()
    assert.equal(await offsetOf(url), 0)
    assert.equal((await patch(url, 0, object, { 'Upload-Checksum': sha1(object) })).status, 204)
  })

  it('ends with the DELETE of its upload', async () => {
    const { url } = await server.open(SIZE)
    const running = await startBytes(url, 'PATCH', { 'Upload-Offset': '0' }, SIZE)
    await running.write(object.subarray(0, 100_000))
    assert.equal((await send(url, 'DELETE')).status, 204)
    await running.closed()
    assert.equal((await head(url)).status, 410)
  })

  it('ends without an answer when a newer PATCH continues the upload', async () => {
    const { url, fileId } = await server.open(SIZE)
    const older = await startBytes(url, 'PATCH', { 'Upload-Offset': '0' }, SIZE)
    await older.write(object.subarray(0, 100_000))
    const newer = await patch(url, 0, object)
    await older.closed()
    // It began at the offset that the older one had reached when it was interrupted.
    const offset = Number(newer.headers['upload-offset'])
    if (offset < SIZE) assert.equal((await patch(url, offset, object.subarray(offset))).status, 204)
    assert.deepEqual(await server.bytes(fileId), object)
  })
})

describe('A file of tus that arrives with its creation', SIDE_BY_SIDE, () => {
  const createWith = (body: string, headers: Record<string, string> = {}, length = body.length) =>
    server.create({ 'Upload-Length': String(length), ...BYTES_TYPE, ...headers }, { body: Buffer.from(body) })

  it('is a File, also for later requests on its URL', async () => {
    const answer = await createWith('a,b\n', metadata({ filename: 'a.csv' }))
    assert.equal(answer.status, 201, answer.body)
    const { location = '', 'x-waybill-file-id': fileId = '' } = answer.headers
    assert.equal(answer.headers['upload-offset'], '4')
    assert.deepEqual((await server.file(fileId))?.mime_type, 'text/csv')
    assert.equal((await server.bytes(fileId)).toString(), 'a,b\n')
    assert.equal((await head(location)).headers.get('x-waybill-file-id'), fileId)
    assert.equal((await patch(location, 0, 'c,d\n')).headers['upload-offset'], '4')
    assert.equal((await server.bytes(fileId)).toString(), 'a,b\n')
  })

  it('has one audit event for its upload and one for its File', async () => {
    const { 'x-waybill-file-id': fileId = '' } = (await createWith('audited')).headers
    const events = await server.app.context.database.audit.list(null, 50)
    const actions = events.filter(({ target }) => target === fileId).map(({ action }) => action)
    assert.deepEqual(actions.toSorted(), ['createUploadSession', 'registerCompleteUpload'])
  })

  it('may be empty, whatever its type is', async () => {
    const headers = { 'Upload-Length': '0', ...metadata({ filename: 'a.png', filetype: 'image/png' }) }
    const answer = await server.create(headers)
    assert.equal(answer.status, 201, answer.body)
    assert.match(String(answer.headers['x-waybill-file-id']), /^file_/)
  })

  it('may be empty, and may be long', async () => {
    assert.equal((await createWith('')).headers['upload-offset'], '0')
    assert.equal((await createWith('x'.repeat(SIZE))).headers['upload-offset'], String(SIZE))
  })

  it('is refused when its bytes contradict its type, and leaves no bytes', async () => {
    const other = await server.app.addOrganization('org_refused')
    const url = `${server.app.url}/v1/organizations/org_refused/files/tus`
    const headers = { 'X-API-Key': other.apiKey, 'Upload-Length': '8', ...BYTES_TYPE }
    const answer = await server.createAt(
      url,
      { ...headers, ...metadata({ filename: 'a.png' }) },
      { body: Buffer.from('no image') },
    )
    assertRefused(answer, 422, 'FILE_TYPE_MISMATCH')
    assert.equal(answer.headers.location, undefined)
    const { storage, database } = server.app.context
    for (let section = 0; section < storage.inventory.sections; section++) {
      for await (const entry of storage.inventory.list(section)) {
        assert.ok(!('name' in entry && entry.name?.startsWith('files/org_refused/')), JSON.stringify(entry))
      }
    }
    const organization = await database.organizations.find('org_refused')
    assert.deepEqual([organization?.storageUsedBytes, organization?.storageReservedBytes], [0, 0])
    assert.equal(await database.uploadSessions.countUnfinished('org_refused'), 0)
  })

  it('leaves nothing when a part of its body is lost', async () => {
    const { baseUrl, apiKey } = server.app
    const headers = { 'Upload-Length': '7', 'X-API-Key': apiKey, ...metadata({ filename: 'short.bin' }) }
    const broken = await startBytes(`${baseUrl}/files/tus`, 'POST', headers, 7)
    await broken.write('abc')
    broken.end()
    await broken.closed()
    const { uploads } = json<{ uploads: { filename: string }[] }>(
      await server.client.get('/files/uploads?limit=100'),
    )
    assert.ok(uploads.every(({ filename }) => filename !== 'short.bin'))
  })

  it('is refused beyond the quota of its organization, before and after its bytes', async () => {
    const other = await server.app.addOrganization('org_atonce')
    const { context } = server.app
    await updateOrganization(context, operatorCaller(other.organizationId), { storageLimitBytes: 100 })
    const url = `${server.app.url}/v1/organizations/org_atonce/files/tus`
    const create = (length: number) =>
      server.createAt(
        url,
        { 'X-API-Key': other.apiKey, 'Upload-Length': String(length), ...BYTES_TYPE },
        { body: Buffer.alloc(length) },
      )
    assertRefused(await create(101), 413, 'STORAGE_QUOTA_EXCEEDED')
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(30)))
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [
      ...Array(3).fill(201),
      ...Array(7).fill(413),
    ])
    assert.equal(await createClient(server.app, other).countFiles(), 3)
  })
})

describe('A creation with tus', SIDE_BY_SIDE, () => {
  it('gets 100 Continue before its body, and a refusal without it', async () => {
    const { baseUrl, apiKey } = server.app
    const url = `${baseUrl}/files/tus`
    const accepted = await startBytes(url, 'POST', { 'X-API-Key': apiKey, 'Upload-Length': '3' }, 3)
    await accepted.write('abc')
    assert.equal((await accepted.answer()).status, 201)
    accepted.destroy()
    const expecting = { Expect: '100-continue', 'X-API-Key': apiKey, 'Upload-Length': '2' }
    const tooLong = await server.create({ ...expecting, ...BYTES_TYPE }, { body: Buffer.from('abc') })
    assertRefused(tooLong, 413, 'FILE_TOO_LARGE')
  })

  it('accepts a chunked body', async () => {
    const answer = await server.create(
      { 'Upload-Defer-Length': '1', ...BYTES_TYPE, 'Transfer-Encoding': 'chunked' },
      { transfer: 'no body', body: Buffer.concat([encodeChunks(object), Buffer.from('0\r\n\r\n')]) },
    )
    assert.equal(answer.status, 201, answer.body)
    assert.equal(answer.headers['upload-offset'], String(SIZE))
  })

  it('may come 20 times at once, as Uppy sends it', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => (await server.create({ 'Upload-Length': '1' })).status),
    )
    assert.deepEqual(statuses, Array(20).fill(201))
  })
})

describe('The organization of an upload with tus', () => {
  it('has its bytes reserved, and refuses those beyond its quota', async () => {
    const other = await server.app.addOrganization('org_quota')
    const client = createClient(server.app, other)
    const { context } = server.app
    await updateOrganization(context, operatorCaller(other.organizationId), { storageLimitBytes: 100 })
    const create = (headers: Record<string, string>) =>
      server.createAt(`${server.app.url}/v1/organizations/org_quota/files/tus`, {
        'X-API-Key': other.apiKey,
        ...headers,
      })
    const tooLong = await create({ 'Upload-Length': '101' })
    assertRefused(tooLong, 413, 'STORAGE_QUOTA_EXCEEDED')
    assert.equal(tooLong.headers['upload-limit'], `max-size=${context.limits.maxFileBytes}`)
    const { headers } = await create({ 'Upload-Defer-Length': '1' })
    const { location = '' } = headers
    assert.equal((await patch(location, 0, 'x'.repeat(60))).status, 204)
    const refused = await patch(location, 60, 'x'.repeat(41))
    assertRefused(refused, 413, 'STORAGE_QUOTA_EXCEEDED')
    assert.equal(refused.headers['upload-limit'], `max-size=${context.limits.maxFileBytes}`)
    assert.equal(await offsetOf(location), 60)
    assert.equal((await patch(location, 60, 'x'.repeat(40), { 'Upload-Length': '100' })).status, 204)
    assert.equal(await client.countFiles(), 1)
  })

  const openWithKey = async () => {
    const made = await server.client.post('/api-keys', { key_name: 'Writer', scopes: ['files:write'] })
    const { id, key } = json<{ id: string; key: string }>(made)
    return { keyId: id, ...(await server.open(3, { 'X-API-Key': key })) }
  }

  it('ends its uploads with the key that created them', async () => {
    const { keyId, url } = await openWithKey()
    await server.client.post(`/api-keys/${keyId}/deactivate?end_sessions=true`, {})
    assert.equal((await head(url)).status, 410)
    assertRefused(await patch(url, 0, 'abc'), 410, 'UPLOAD_SESSION_EXPIRED')
  })

  it('gets no File when the key that created the upload is not active at its end', async () => {
    const { keyId, url, fileId } = await openWithKey()
    assert.equal((await patch(url, 0, 'ab')).status, 204)
    await server.client.post(`/api-keys/${keyId}/deactivate`, {})
    assertRefused(await patch(url, 2, 'c'), 422, 'API_KEY_DEACTIVATED')
    assert.equal((await head(url)).status, 410)
    assert.equal(await server.file(fileId), null)
  })
})

const expiring = useTus({ UPLOAD_SESSION_SECONDS: '1' })

describe('An expired upload of tus', () => {
  it('If a Client does attempt to resume an upload which has since been removed by the Server, the Server SHOULD respond with the 404 Not Found or 410 Gone status.', async () => {
    const { url } = await expiring.open(3)
    const status = await eventually('the session expires', async () => {
      const answer = await head(url)
      return answer.status === 200 ? undefined : answer.status
    })
    assert.equal(status, 410)
    assertRefused(await patch(url, 0, 'abc'), 410, 'UPLOAD_SESSION_EXPIRED')
    assertRefused(await send(url, 'DELETE'), 410, 'UPLOAD_SESSION_EXPIRED')
  })
})
