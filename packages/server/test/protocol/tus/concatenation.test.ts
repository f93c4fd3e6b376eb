import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { operatorCaller } from '../../../src/domain/access/caller.ts'
import { updateOrganization } from '../../../src/operations/organizations/update-organization.ts'
import { json } from '../../api/exchange.ts'
import { png } from '../../api/sample-files.ts'
import { assertRefused, head, metadata, offsetOf, patch, send, useTus } from './tus.ts'

const MAX_BYTES = 1_000_000
const server = useTus({ MAX_FILE_BYTES: String(MAX_BYTES), ALLOWED_MIME_TYPES: 'text/*,image/png' })
const PARTIAL = { 'Upload-Concat': 'partial' }
const NOTE = metadata({ filename: 'note.txt', filetype: 'text/plain' })

const finalOf = (...urls: readonly string[]) => ({ 'Upload-Concat': `final;${urls.join(' ')}` })
/** Creates a partial upload with these bytes; returns its URL. */
const partialOf = async (bytes: string | Uint8Array): Promise<string> => {
  const { url } = await server.open(Buffer.byteLength(bytes), PARTIAL)
  if (bytes.length > 0) assert.equal((await patch(url, 0, bytes)).status, 204)
  return url
}
const usage = async () => {
  const { database } = server.app.context
  const found = await database.organizations.find(server.app.organizationId)
  return { used: found?.storageUsedBytes ?? 0, reserved: found?.storageReservedBytes ?? 0 }
}

describe('A partial upload of tus', () => {
  it('needs no name, has no File, and says that it is partial', async () => {
    const files = await server.client.countFiles()
    const created = await server.create({ ...PARTIAL, 'Upload-Length': '5' })
    assert.equal(created.status, 201)
    assert.equal(created.headers['x-waybill-file-id'], undefined)
    const url = created.headers.location ?? ''
    assert.equal((await head(url)).headers.get('upload-concat'), 'partial')
    assert.equal((await patch(url, 0, 'hello')).status, 204)
    const complete = await head(url)
    assert.deepEqual(
      ['upload-concat', 'upload-offset', 'upload-length', 'x-waybill-file-id'].map((name) =>
        complete.headers.get(name),
      ),
      ['partial', '5', '5', null],
    )
    assert.equal(await server.client.countFiles(), files)
    assert.equal((await send(url, 'DELETE')).status, 204)
  })

  it('may have any name and type, because only the final upload has a file', async () => {
    const other = metadata({ filename: '../a', filetype: 'application/pdf' })
    const { url } = await server.open(1, { ...PARTIAL, ...other })
    assert.equal((await head(url)).headers.get('upload-metadata'), other['Upload-Metadata'])
  })

  it('counts against the quota, also when it is complete, until it is cancelled', async () => {
    const before = await usage()
    const url = await partialOf('x'.repeat(1000))
    assert.deepEqual(await usage(), { ...before, reserved: before.reserved + 1000 })
    assert.equal((await send(url, 'DELETE')).status, 204)
    assert.deepEqual(await usage(), before)
    assert.equal((await head(url)).status, 410)
  })

  it('is registered by no request of the JSON API', async () => {
    await partialOf('hello')
    const { uploads } = json<{ uploads: { file_id: string }[] }>(await server.client.get('/files/uploads'))
    const [newest] = uploads
    const { organizationId } = server.app
    const answer = await server.client.post('/files', {
      filename: 'upload',
      gcs_path: `files/${organizationId}/${newest?.file_id}/upload`,
      file_size: 5,
      mime_type: 'application/octet-stream',
    })
    assert.equal(answer.status, 404, answer.bytes.toString())
  })
})

describe('A final upload of tus', () => {
  it('is a File with the bytes of its parts in the order of the list', async () => {
    const before = await usage()
    const [world, hello] = [await partialOf(' world'), await partialOf('hello')]
    const created = await server.create({ ...finalOf(hello, world), ...NOTE })
    assert.equal(created.status, 201, created.body)
    const fileId = created.headers['x-waybill-file-id'] ?? ''
    const file = await server.file(fileId)
    assert.deepEqual(
      [file?.original_filename, file?.mime_type, file?.file_size],
      ['note.txt', 'text/plain', 11],
    )
    assert.equal((await server.bytes(fileId)).toString(), 'hello world')
    assert.deepEqual(await usage(), { used: before.used + 11, reserved: before.reserved })
  })

  it('tells its list as it was received, its length and its metadata', async () => {
    const [one, two] = [await partialOf('one'), await partialOf('two')]
    const list = finalOf(new URL(one).pathname + new URL(one).search, two)
    const created = await server.create({ ...list, ...NOTE })
    assert.equal(created.status, 201, created.body)
    const { headers } = await head(created.headers.location ?? '')
    assert.equal(headers.get('upload-concat'), list['Upload-Concat'])
    assert.equal(headers.get('upload-metadata'), NOTE['Upload-Metadata'])
    assert.deepEqual([headers.get('upload-offset'), headers.get('upload-length')], ['6', '6'])
  })

  it('accepts no bytes and cannot be cancelled', async () => {
    const created = await server.create({ ...finalOf(await partialOf('abc')), ...NOTE })
    const url = created.headers.location ?? ''
    for (const offset of [0, 3]) {
      assertRefused(await patch(url, offset, 'x'), 403, 'INSUFFICIENT_PERMISSIONS')
    }
    assertRefused(await send(url, 'DELETE'), 403, 'INSUFFICIENT_PERMISSIONS')
    assert.equal(await offsetOf(url), 3)
  })

  it('may have empty parts, and may be empty', async () => {
    const [empty, text] = [await partialOf(''), await partialOf('text')]
    const created = await server.create({ ...finalOf(empty, text), ...NOTE })
    assert.equal((await server.bytes(created.headers['x-waybill-file-id'] ?? '')).toString(), 'text')
    const nothing = await server.create({ ...finalOf(await partialOf('')), ...NOTE })
    assert.equal((await server.file(nothing.headers['x-waybill-file-id'] ?? ''))?.file_size, 0)
  })

  it('consumes its parts', async () => {
    const [url, other] = [await partialOf('once'), await partialOf('other')]
    assert.equal((await server.create({ ...finalOf(url), ...NOTE })).status, 201)
    assertRefused(await server.create({ ...finalOf(url, other), ...NOTE }), 410, 'UPLOAD_SESSION_EXPIRED')
    assertRefused(await server.create({ ...finalOf(other, url), ...NOTE }), 410, 'UPLOAD_SESSION_EXPIRED')
    assert.equal((await head(url)).status, 410)
    assert.equal((await server.create({ ...finalOf(other), ...NOTE })).status, 201)
  })

  it('is told again to a client that repeats its request, until its File is deleted', async () => {
    const before = await usage()
    const list = { ...finalOf(await partialOf('hello'), await partialOf(' world')), ...NOTE }
    const [first, second] = [await server.create(list), await server.create(list)]
    const told = ({ status, headers }: typeof first) => [
      status,
      headers.location,
      headers['x-waybill-file-id'],
      headers['upload-offset'],
    ]
    assert.equal(second.status, 201, second.body)
    assert.deepEqual(told(second), told(first))
    assert.equal(await offsetOf(second.headers.location ?? ''), 11)
    assert.deepEqual(await usage(), { used: before.used + 11, reserved: before.reserved })
    const fileId = first.headers['x-waybill-file-id'] ?? ''
    assert.equal((await server.client.send('DELETE', `/files/${fileId}`)).status, 204)
    assertRefused(await server.create(list), 410, 'UPLOAD_SESSION_EXPIRED')
  })

  it('is made once when it is created several times at once', async () => {
    const before = await usage()
    const files = await server.client.countFiles()
    const urls = [await partialOf('hello'), await partialOf(' world')]
    const answers = await Promise.all([1, 2, 3].map(() => server.create({ ...finalOf(...urls), ...NOTE })))
    const [made, ...others] = answers
    for (const { status, headers } of answers) {
      assert.equal(status, 201)
      assert.equal(headers.location, made?.headers.location)
    }
    assert.equal(others.length, 2)
    assert.equal((await server.bytes(made?.headers['x-waybill-file-id'] ?? '')).toString(), 'hello world')
    assert.equal(await server.client.countFiles(), files + 1)
    assert.deepEqual(await usage(), { used: before.used + 11, reserved: before.reserved })
  })

  it('may use up the quota that its parts have reserved', async () => {
    const { used, reserved } = await usage()
    const operator = operatorCaller(server.app.organizationId)
    const limitTo = (storageLimitBytes: number | null) =>
      updateOrganization(server.app.context, operator, { storageLimitBytes })
    await limitTo(used + reserved + 10)
    try {
      const urls = [await partialOf('12345'), await partialOf('67890')]
      assert.equal((await server.create({ ...finalOf(...urls), ...NOTE })).status, 201)
    } finally {
      await limitTo(null)
    }
  })

  it('is refused before a part is complete, and after that it is made', async () => {
    const { url } = await server.open(5, PARTIAL)
    const done = await partialOf('done ')
    await patch(url, 0, 'he')
    assertRefused(await server.create({ ...finalOf(done, url), ...NOTE }), 400, 'INVALID_REQUEST')
    await patch(url, 2, 'llo')
    const created = await server.create({ ...finalOf(done, url), ...NOTE })
    assert.equal((await server.bytes(created.headers['x-waybill-file-id'] ?? '')).toString(), 'done hello')
  })

  it('is refused when a part is no partial upload', async () => {
    const { url } = await server.open(3, NOTE)
    await patch(url, 0, 'abc')
    assertRefused(await server.create({ ...finalOf(url), ...NOTE }), 404, 'UPLOAD_NOT_FOUND')
  })

  it('is refused when a part belongs to another organization', async () => {
    const url = await partialOf('secret')
    const { organizationId, apiKey } = await server.app.addOrganization('org_other')
    const endpoint = `${server.app.url}/v1/organizations/${organizationId}/files/tus`
    const stolen = await server.createAt(endpoint, { 'X-API-Key': apiKey, ...finalOf(url), ...NOTE })
    assertRefused(stolen, 404, 'UPLOAD_NOT_FOUND')
    assert.equal(await offsetOf(url), 6)
  })

  it('is refused when its parts exceed the maximum together', async () => {
    const urls = [await partialOf('x'.repeat(MAX_BYTES)), await partialOf('y')]
    assertRefused(await server.create({ ...finalOf(...urls), ...NOTE }), 413, 'FILE_TOO_LARGE')
    for (const url of urls) assert.equal((await send(url, 'DELETE')).status, 204)
  })

  const BAD: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'a length': { 'Upload-Length': '4' },
    'a deferred length': { 'Upload-Defer-Length': '1' },
    'metadata that is not base64': { 'Upload-Metadata': 'a *' },
  }
  for (const [what, headers] of Object.entries(BAD)) {
    it(`is refused with ${what}, and its parts can be used again`, async () => {
      const url = await partialOf('text')
      assertRefused(await server.create({ ...finalOf(url), ...NOTE, ...headers }), 400, 'INVALID_REQUEST')
      assert.equal((await server.create({ ...finalOf(url), ...NOTE })).status, 201)
    })
  }

  it('is refused with a body', async () => {
    const answer = await server.create(
      { ...finalOf(await partialOf('a')), ...NOTE },
      { body: Buffer.from('b') },
    )
    assertRefused(answer, 400, 'INVALID_REQUEST')
  })

  it('is refused with 422 when its bytes contradict its type', async () => {
    const before = await usage()
    const urls = [await partialOf(png().subarray(0, 20)), await partialOf(png().subarray(20))]
    const picture = metadata({ filename: 'a.png', filetype: 'image/png' })
    const note = [await partialOf('only '), await partialOf('text')]
    assert.equal((await server.create({ ...finalOf(...urls), ...picture })).status, 201)
    assertRefused(await server.create({ ...finalOf(...note), ...picture }), 422, 'FILE_TYPE_MISMATCH')
    assert.deepEqual(await usage(), { used: before.used + png().length, reserved: before.reserved })
  })
})
