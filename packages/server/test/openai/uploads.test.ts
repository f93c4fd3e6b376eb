import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { createApiKey } from '../../src/operations/access/create-api-key.ts'
import { updateOrganization } from '../../src/operations/organizations/update-organization.ts'
import { crc32c, crc32cToBase64 } from '../../src/platform/crc32c.ts'
import { json } from '../api/exchange.ts'
import { padDelimiters, SPOILED_FORMS } from '../spoiled-forms.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { assertError, type FormPart, formOf, type OpenaiError, send, sendOk } from './exchange.ts'
import { HELLO, type PartObject, type UploadObject, uploadRequests } from './upload-requests.ts'

const MIB = 1024 * 1024
const MAX_FILE_BYTES = 100 * MIB
const WEEK_SECONDS = 7 * 24 * 60 * 60
const MD5 = createHash('md5').update('hello world')
const MD5_HEX = MD5.copy().digest('hex')
const MD5_BASE64 = MD5.copy().digest('base64')
const sha256Of = (text: string) => createHash('sha256').update(text)
const SHA256_HEX = sha256Of('hello world').digest('hex')
const SHA256_BASE64 = sha256Of('hello world').digest('base64')
const SHA256_OTHER = sha256Of('other bytes').digest('hex')
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const UNKNOWN_PART = 'part_0198f3a2b4c17d3e8f90a1b2c3d4e5f6'

describe('uploads of the OpenAI API', () => {
  let server: TestApp
  let client: ReturnType<typeof uploadRequests>
  before(async () => {
    server = await startApp({
      env: { MAX_FILE_BYTES: String(MAX_FILE_BYTES), ALLOWED_MIME_TYPES: 'text/*,image/*' },
    })
    client = uploadRequests(server)
  })
  after(() => server?.stop())

  const usage = async () => {
    const found = await server.context.database.organizations.find(server.organizationId)
    return { used: found?.storageUsedBytes ?? 0, reserved: found?.storageReservedBytes ?? 0 }
  }
  /** Returns an upload of `hello world` with its parts `hello` and ` world`, which arrived in the other order. */
  const withParts = async (properties: object = {}) => {
    const { id } = await client.create(properties)
    const world = await client.add(id, ' world')
    const hello = await client.add(id, 'hello')
    return { id, hello, world }
  }

  it('creates a pending upload for a week, and reserves its bytes', async () => {
    const { reserved } = await usage()
    const upload = await client.create({ purpose: 'batch' })
    assert.match(upload.id, /^upload_[0-9a-f]{32}$/)
    const { id, created_at } = upload
    const expected = { ...HELLO, purpose: 'batch', id, object: 'upload', status: 'pending', file: null }
    assert.deepEqual(upload, { ...expected, created_at, expires_at: created_at + WEEK_SECONDS })
    assert.deepEqual(await client.get(id), upload)
    assert.equal((await usage()).reserved, reserved + HELLO.bytes)
  })

  const BAD: readonly (readonly [what: string, properties: object, expected: Partial<OpenaiError>])[] = [
    ['no name', { filename: null }, { code: 'missing_required_parameter', param: 'filename' }],
    ['an empty name', { filename: '' }, { code: 'invalid_value', param: 'filename' }],
    ['a path as name', { filename: 'a/b' }, { code: 'invalid_value', param: 'filename' }],
    ['a long name', { filename: 'x'.repeat(256) }, { code: 'string_above_max_length', param: 'filename' }],
    ['an unknown purpose', { purpose: 'x' }, { code: 'invalid_value', param: 'purpose' }],
    ['no bytes', { bytes: null }, { code: 'missing_required_parameter', param: 'bytes' }],
    ['0 bytes', { bytes: 0 }, { code: 'integer_below_min_value', param: 'bytes' }],
    ['half a byte', { bytes: 1.5 }, { code: 'invalid_type', param: 'bytes' }],
    ['no type', { mime_type: null }, { code: 'missing_required_parameter', param: 'mime_type' }],
    ['a malformed type', { mime_type: 'text' }, { code: 'invalid_value', param: 'mime_type' }],
    ['a malformed SHA-256', { sha256: 'x' }, { code: 'invalid_value', param: 'sha256' }],
    [
      'an expiry of a minute',
      { expires_after: { anchor: 'created_at', seconds: 60 } },
      { code: 'integer_below_min_value', param: 'expires_after.seconds' },
    ],
  ]
  for (const [what, properties, expected] of BAD) {
    it(`refuses an upload with ${what}`, async () => {
      const answer = await send(server, 'POST', '/uploads', { body: { ...HELLO, ...properties } })
      assertError(answer, 400, expected)
    })
  }

  it('refuses an upload beyond the limit of a file with 413', async () => {
    const body = { ...HELLO, bytes: MAX_FILE_BYTES + 1 }
    assertError(await send(server, 'POST', '/uploads', { body }), 413, { code: 'file_too_large' })
  })

  it('joins parts in the order of the list, whatever the order of their arrival', async () => {
    const before = await usage()
    const { id, hello, world } = await withParts({ purpose: 'evals' })
    const upload = json<UploadObject>(await client.complete(id, [hello, world]))
    const fileId = id.replace('upload_', 'file-')
    assert.equal(upload.status, 'completed')
    assert.deepEqual(upload.file, await sendOk(server, 'GET', `/files/${fileId}`))
    assert.deepEqual([upload.file?.bytes, upload.file?.purpose], [11, 'evals'])
    assert.equal((await client.content(fileId)).toString(), 'hello world')
    assert.deepEqual(await client.get(id), upload)
    assert.deepEqual(await usage(), { used: before.used + 11, reserved: before.reserved })
  })

  it('lists stored parts in the order of their arrival, with size and checksum', async () => {
    const { id } = await client.create()
    assert.deepEqual((await client.parts(id)).data, [])
    const sent: PartObject[] = []
    for (const text of ['world', 'hello']) sent.push(json(await client.sendPart(id, text)))
    assert.match(sent[0]?.id ?? '', /^part_[0-9a-f]{32}$/)
    assert.deepEqual([sent[0]?.object, sent[0]?.upload_id], ['upload.part', id])
    const { data, has_more } = await client.parts(id)
    const checksumOf = (text: string) => crc32cToBase64(crc32c(Buffer.from(text)))
    assert.deepEqual(data, [
      { ...sent[0], size: 5, crc32c: checksumOf('world') },
      { ...sent[1], size: 5, crc32c: checksumOf('hello') },
    ])
    assert.equal(has_more, false)
  })

  it('stores parts that are sent at the same time', async () => {
    const texts = Array.from({ length: 24 }, (_, index) => `part ${index}\n`.repeat(index + 1))
    const whole = texts.join('')
    const { id } = await client.create({ bytes: whole.length })
    const ids = await Promise.all(texts.map((text) => client.add(id, text)))
    assert.equal(json<UploadObject>(await client.complete(id, ids)).status, 'completed')
    assert.equal((await client.content(id.replace('upload_', 'file-'))).toString(), whole)
  })

  it('makes a File without the parts that are not in the list', async () => {
    const { id, hello, world } = await withParts()
    await client.add(id, 'hello')
    const upload = json<UploadObject>(await client.complete(id, [hello, world]))
    assert.equal(upload.file?.bytes, 11)
    assert.deepEqual((await client.parts(id)).data, [])
  })

  it('keeps an upload pending when its list or its checksum is wrong', async () => {
    const { id, hello, world } = await withParts()
    const other = await withParts()
    const param = 'part_ids'
    const WRONG: readonly (readonly [ids: unknown, rest: object, expected: Partial<OpenaiError>])[] = [
      [null, {}, { code: 'missing_required_parameter', param }],
      [[], {}, { code: 'invalid_value', param }],
      ['part', {}, { code: 'invalid_type', param }],
      [[hello, 1], {}, { code: 'invalid_type', param: 'part_ids[1]' }],
      [[hello, UNKNOWN_PART], {}, { code: 'invalid_value', param }],
      [[hello, other.world], {}, { code: 'invalid_value', param }],
      [[hello, hello], {}, { code: 'invalid_value', param }],
      [[hello], {}, { code: 'bytes_mismatch' }],
      [[hello, world], { md5: 'x' }, { code: 'invalid_value', param: 'md5' }],
      [[hello, world], { md5: '0'.repeat(32) }, { code: 'checksum_mismatch', param: 'md5' }],
      [[world, hello], { md5: MD5_HEX }, { code: 'checksum_mismatch', param: 'md5' }],
    ]
    for (const [ids, rest, expected] of WRONG) {
      assertError(await client.complete(id, ids, rest), 400, expected)
    }
    const { message } = assertError(await client.complete(id, [hello]), 400)
    assert.match(message, /\b5 bytes\b.*\b11\b/)
    assert.equal((await client.get(id)).status, 'pending')
    assert.equal((await client.complete(id, [hello, world], { md5: MD5_HEX })).status, 200)
  })

  it('accepts an MD5 in base64', async () => {
    const { id, hello, world } = await withParts()
    assert.equal((await client.complete(id, [hello, world], { md5: MD5_BASE64 })).status, 200)
  })

  it('completes an upload at once when the organization has stored its bytes', async () => {
    const before = await usage()
    const { id, hello, world } = await withParts({ sha256: SHA256_HEX })
    assert.equal((await client.complete(id, [hello, world])).status, 200)
    const stored = await client.create({ sha256: SHA256_BASE64, purpose: 'evals', filename: 'again.txt' })
    const { already_stored, ...upload } = stored
    assert.deepEqual([already_stored, upload.status], [true, 'completed'])
    assert.deepEqual([upload.file?.bytes, upload.file?.purpose], [11, 'evals'])
    assert.deepEqual(await client.get(upload.id), upload)
    assert.deepEqual(await usage(), { used: before.used + 22, reserved: before.reserved })
    assertError(await client.sendPart(upload.id, 'late'), 400, { code: 'upload_not_pending' })
    await sendOk(server, 'DELETE', `/files/${id.replace('upload_', 'file-')}`)
    assert.equal((await client.content(upload.id.replace('upload_', 'file-'))).toString(), 'hello world')
  })

  it('stores the bytes of an organization that another one has', async () => {
    const { id, hello, world } = await withParts({ sha256: SHA256_HEX })
    await client.complete(id, [hello, world])
    const { apiKey } = await server.addOrganization('org_hash')
    const upload = await uploadRequests(server, apiKey).create({ sha256: SHA256_HEX })
    assert.deepEqual([upload.status, upload.already_stored], ['pending', undefined])
  })

  it('compares the announced SHA-256 with the bytes, and keeps the upload pending when they differ', async () => {
    const { id, hello, world } = await withParts({ sha256: SHA256_OTHER })
    const differs = await client.complete(id, [hello, world])
    assertError(differs, 400, { code: 'checksum_mismatch', param: 'sha256' })
    assert.equal((await client.get(id)).status, 'pending')
    const right = [await client.add(id, 'other'), await client.add(id, ' bytes')]
    assert.equal((await client.complete(id, right)).status, 200)
  })

  it('answers the same completion again as the first one, and refuses another one', async () => {
    const { id, hello, world } = await withParts()
    const first = await client.complete(id, [hello, world])
    const again = await client.complete(id, [hello, world])
    assert.deepEqual([again.status, again.bytes.toString()], [200, first.bytes.toString()])
    for (const ids of [[world, hello], [hello], [UNKNOWN_PART]]) {
      assertError(await client.complete(id, ids), 400, { code: 'upload_not_pending' })
    }
    assertError(await client.sendPart(id, 'late'), 400, { code: 'upload_not_pending' })
    assertError(await client.cancel(id), 400, { code: 'upload_not_pending' })
  })

  it('makes one File of completions at the same time', async () => {
    const before = await usage()
    const { id, hello, world } = await withParts()
    const answers = await Promise.all([1, 2, 3].map(() => client.complete(id, [hello, world])))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    )
    assert.equal(new Set(answers.map(({ bytes }) => bytes.toString())).size, 1)
    assert.deepEqual(await usage(), { used: before.used + 11, reserved: before.reserved })
  })

  it('completes an upload that fills the quota, also when it is completed twice at once', async () => {
    const { organizationId, apiKey } = await server.addOrganization('org_full')
    await updateOrganization(server.context, operatorCaller(organizationId), { storageLimitBytes: 11 })
    const full = uploadRequests(server, apiKey)
    const { id } = await full.create()
    const parts = [await full.add(id, 'hello'), await full.add(id, ' world')]
    const answers = await Promise.all([1, 2, 3].map(() => full.complete(id, parts)))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    )
    const refused = await send(server, 'POST', '/uploads', { body: { ...HELLO, bytes: 1 }, apiKey })
    assertError(refused, 400, { code: 'storage_quota_exceeded' })
  })

  it('cancels an upload, repeatedly, and gives its reservation back', async () => {
    const before = await usage()
    const { id, hello, world } = await withParts()
    for (const _ of [1, 2]) {
      assert.equal(json<UploadObject>(await client.cancel(id)).status, 'cancelled')
    }
    assert.equal((await client.get(id)).status, 'cancelled')
    assert.deepEqual((await client.parts(id)).data, [])
    assertError(await client.sendPart(id, 'late'), 400, { code: 'upload_not_pending' })
    assertError(await client.complete(id, [hello, world]), 400, { code: 'upload_not_pending' })
    assert.deepEqual(await usage(), before)
  })

  it('refuses everything on an expired upload', async () => {
    const { id, hello, world } = await withParts()
    const fileId = id.replace('upload_', 'file_')
    const laterMs = Date.now() + 2 * WEEK_SECONDS * 1000
    await server.context.database.uploadSessions.expire(server.organizationId, fileId, laterMs)
    assert.equal((await client.get(id)).status, 'expired')
    for (const answer of [
      await client.sendPart(id, 'late'),
      await client.complete(id, [hello, world]),
      await client.cancel(id),
    ]) {
      const { message } = assertError(answer, 400, { code: 'upload_not_pending' })
      assert.match(message, /expired/)
    }
  })

  it('gives the File the end that the creation asked for', async () => {
    const { id, hello, world } = await withParts({ expires_after: { anchor: 'created_at', seconds: 3600 } })
    const { file } = json<UploadObject>(await client.complete(id, [hello, world]))
    assert.equal(file?.expires_at, (file?.created_at ?? 0) + 3600)
  })

  it('shows a completed upload without its File when that is deleted', async () => {
    const { id, hello, world } = await withParts()
    await client.complete(id, [hello, world])
    await sendOk(server, 'DELETE', `/files/${id.replace('upload_', 'file-')}`)
    const { status, file } = await client.get(id)
    assert.deepEqual([status, file], ['completed', null])
    assertError(await client.complete(id, [hello, world]), 400, { code: 'upload_not_pending' })
  })

  const TYPES: readonly (readonly [declared: string, bytes: Uint8Array, type: string])[] = [
    ['application/octet-stream', PNG, 'image/png'],
    ['text/plain', PNG, 'image/png'],
    ['image/png', Buffer.from('only text'), 'text/plain'],
    ['text/markdown', Buffer.from('# Title'), 'text/markdown'],
  ]
  for (const [mime_type, bytes, type] of TYPES) {
    it(`takes ${mime_type} for a hint: the File has the type ${type}`, async () => {
      const { id } = await client.create({ filename: 'any', mime_type, bytes: bytes.length })
      await client.complete(id, [await client.add(id, bytes)])
      const content = await send(server, 'GET', `/files/${id.replace('upload_', 'file-')}/content`)
      assert.equal(content.headers['content-type'], type)
    })
  }

  it('refuses content of a type that is not allowed, and gives its reservation back', async () => {
    const before = await usage()
    const bytes = gzipSync('hello')
    const { id } = await client.create({ bytes: bytes.length, mime_type: 'application/octet-stream' })
    const part = await client.add(id, bytes)
    assertError(await client.complete(id, [part]), 400, { code: 'unsupported_file' })
    assert.equal((await client.get(id)).status, 'cancelled')
    assert.deepEqual(await usage(), before)
  })

  const DATA: FormPart = { name: 'data', value: 'hello', filename: 'blob' }
  const BAD_FORMS: readonly (readonly [
    what: string,
    fields: readonly FormPart[],
    expected: Partial<OpenaiError>,
  ])[] = [
    ['no field', [], { code: 'missing_required_parameter', param: 'data' }],
    ['another field', [{ ...DATA, name: 'file' }], { code: 'missing_required_parameter', param: 'data' }],
    ['an empty part', [{ ...DATA, value: '' }], { code: 'empty_file', param: 'data' }],
    ['two parts', [DATA, DATA], { code: 'invalid_value', param: 'data' }],
  ]
  for (const [what, fields, expected] of BAD_FORMS) {
    it(`refuses a form with ${what}`, async () => {
      const { id } = await client.create()
      assertError(await client.sendFields(id, fields), 400, expected)
    })
  }

  for (const [what, spoil] of SPOILED_FORMS) {
    it(`refuses a form with a part ${what}, and stores none`, async () => {
      const { id } = await client.create()
      const body = spoil(formOf([{ name: 'comment', value: 'x' }, DATA], 'xyz'), 'xyz')
      const headers = { 'content-type': 'multipart/form-data; boundary=xyz' }
      assertError(await send(server, 'POST', `/uploads/${id}/parts`, { body, headers }), 400)
      assert.deepEqual((await client.parts(id)).data, [])
    })
  }

  it('ignores white space after the delimiters of a form', async () => {
    const { id } = await client.create()
    const body = padDelimiters(formOf([{ name: 'comment', value: 'x' }, DATA], 'xyz'), 'xyz')
    const headers = { 'content-type': 'multipart/form-data; boundary=xyz' }
    assert.equal((await send(server, 'POST', `/uploads/${id}/parts`, { body, headers })).status, 200)
    assert.deepEqual(
      (await client.parts(id)).data.map(({ size }) => size),
      [5],
    )
  })

  it('ignores fields that it does not know', async () => {
    const { id } = await client.create()
    const other = { name: 'comment', value: 'x'.repeat(5000) }
    assert.equal((await client.sendFields(id, [other, DATA, other])).status, 200)
  })

  it('refuses a part that is no form with 415', async () => {
    const { id } = await client.create()
    const answer = await send(server, 'POST', `/uploads/${id}/parts`, { body: { data: 'hello' } })
    assertError(answer, 415, { code: 'unsupported_content_type' })
  })

  it('accepts a part of 64 MiB, and refuses one with a byte more with 413', async () => {
    const { id } = await client.create({ bytes: 64 * MIB })
    const bytes = Buffer.alloc(64 * MIB + 1, 'x')
    const part = await client.add(id, bytes.subarray(1))
    assertError(await client.sendPart(id, bytes), 413, { code: 'file_too_large' })
    assert.deepEqual(
      (await client.parts(id)).data.map((stored) => [stored.id, stored.size]),
      [[part, 64 * MIB]],
    )
    await client.cancel(id)
  })

  it('keeps nothing of a part whose connection breaks', async () => {
    const { id } = await client.create({ bytes: 2 * MIB })
    const outgoing = request(`${server.url}/v1/uploads/${id}/parts`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.apiKey}`,
        'content-type': 'multipart/form-data; boundary=xyz',
      },
    })
    const ended = new Promise((resolve) => outgoing.on('error', resolve))
    outgoing.write('--xyz\r\nContent-Disposition: form-data; name="data"; filename="blob"\r\n\r\n')
    await new Promise((resolve) => outgoing.write(Buffer.alloc(MIB), resolve))
    outgoing.destroy(new Error('the connection breaks'))
    await ended
    const part = await client.add(id, 'x'.repeat(2 * MIB))
    const { data } = await client.parts(id)
    assert.deepEqual(
      data.map((stored) => stored.id),
      [part],
    )
  })

  it('needs files:write for changes and files:read for the others', async () => {
    const { id } = await client.create()
    const operator = operatorCaller(server.organizationId)
    const keyWith = async (scope: 'files:read' | 'files:write') =>
      (await createApiKey(server.context, operator, { name: scope, scopes: [scope] })).secret
    const [reader, writer] = [await keyWith('files:read'), await keyWith('files:write')]
    const forbidden = { code: 'missing_scope' }
    const reading = uploadRequests(server, reader)
    assert.equal((await reading.get(id)).status, 'pending')
    assert.deepEqual((await reading.parts(id)).data, [])
    assertError(await reading.sendPart(id, 'x'), 403, forbidden)
    assertError(await reading.complete(id, [UNKNOWN_PART]), 403, forbidden)
    assertError(await reading.cancel(id), 403, forbidden)
    for (const path of [`/uploads/${id}`, `/uploads/${id}/parts`]) {
      assertError(await send(server, 'GET', path, { apiKey: writer }), 403, forbidden)
    }
  })

  it('shows no upload of another kind', async () => {
    const created = await send(server, 'POST', `/organizations/${server.organizationId}/files/upload-url`, {
      body: { filename: 'a.txt', file_size: 1, mime_type: 'text/plain' },
    })
    const { file_id } = json<{ file_id: string }>(created)
    const answer = await send(server, 'GET', `/uploads/${file_id.replace('file_', 'upload_')}`)
    assertError(answer, 404, { param: 'upload_id', code: null })
  })
})
