import assert from 'node:assert/strict'
import { open, readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { scrubFiles } from '../../src/jobs/tasks/scrub-files.ts'
import { createClient } from '../api/client.ts'
import { type Answer, json } from '../api/exchange.ts'
import { eventually } from '../clients/eventually.ts'
import { padDelimiters, SPOILED_FORMS } from '../spoiled-forms.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { assertError, type FormPart, formOf, send, sendForm, sendOk, uploadText } from './exchange.ts'

interface FileObject {
  readonly id: string
  readonly bytes: number
  readonly created_at: number
  readonly expires_at: number | null
  readonly filename: string
  readonly purpose: string
}

interface FileList {
  readonly data: readonly FileObject[]
  readonly first_id: string | null
  readonly last_id: string | null
  readonly has_more: boolean
}

const PURPOSE: FormPart = { name: 'purpose', value: 'assistants' }
const FILE: FormPart = { name: 'file', value: 'hello', filename: 'a.txt', type: 'application/octet-stream' }
const ANCHOR: FormPart = { name: 'expires_after[anchor]', value: 'created_at' }
const seconds = (value: string): FormPart => ({ name: 'expires_after[seconds]', value })
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** Sends a form without a length, byte by byte. */
function sendChunked(server: TestApp, parts: readonly FormPart[], contentType: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const outgoing = request(
    `${server.url}/v1/files`,
    { method: 'POST', headers: { authorization: `Bearer ${server.apiKey}`, 'Content-TYPE': contentType } },
    async (incoming) => {
      const bytes = Buffer.concat(await incoming.toArray())
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, bytes })
    },
  )
  outgoing.on('error', reject)
  for (const byte of formOf(parts, 'x y')) outgoing.write(Buffer.of(byte))
  outgoing.end()
  return promise
}

describe('POST /v1/files', () => {
  let server: TestApp
  before(async () => {
    server = await startApp({ env: { OPENAI_FILE_MAX_BYTES: '1000' } })
  })
  after(() => server?.stop())

  const usedBytes = async () =>
    (await server.context.database.organizations.find(server.organizationId))?.storageUsedBytes
  const objects = async () => {
    const { inventory } = server.context.storage
    const names: string[] = []
    for (let section = 0; section < inventory.sections; section++)
      for await (const { kind } of inventory.list(section)) names.push(kind)
    return names.length
  }

  const REFUSED: readonly (readonly [
    what: string,
    parts: readonly FormPart[],
    expected: { readonly code: string; readonly param: string | null },
    status?: number,
  ])[] = [
    ['no part', [], { code: 'missing_required_parameter', param: 'file' }],
    ['no file', [PURPOSE], { code: 'missing_required_parameter', param: 'file' }],
    ['no purpose', [FILE], { code: 'missing_required_parameter', param: 'purpose' }],
    ['an empty purpose', [FILE, { name: 'purpose', value: '' }], { code: 'invalid_value', param: 'purpose' }],
    [
      'an unknown purpose',
      [{ name: 'purpose', value: 'x' }, FILE],
      { code: 'invalid_value', param: 'purpose' },
    ],
    [
      'an output purpose',
      [FILE, { name: 'purpose', value: 'batch_output' }],
      { code: 'invalid_value', param: 'purpose' },
    ],
    [
      'a long purpose',
      [FILE, { name: 'purpose', value: 'x'.repeat(5000) }],
      { code: 'invalid_value', param: 'purpose' },
    ],
    ['two files', [PURPOSE, FILE, FILE], { code: 'invalid_value', param: 'file' }],
    [
      'a file without a name',
      [PURPOSE, { name: 'file', value: 'hello' }],
      { code: 'invalid_value', param: 'file' },
    ],
    ['an empty file', [PURPOSE, { ...FILE, value: '' }], { code: 'empty_file', param: 'file' }],
    [
      'an expiry without its anchor',
      [PURPOSE, FILE, seconds('3600')],
      { code: 'missing_required_parameter', param: 'expires_after.anchor' },
    ],
    [
      'an expiry without its seconds',
      [PURPOSE, FILE, ANCHOR],
      { code: 'missing_required_parameter', param: 'expires_after.seconds' },
    ],
    [
      'another anchor',
      [PURPOSE, FILE, { ...ANCHOR, value: 'last_active_at' }, seconds('3600')],
      { code: 'invalid_value', param: 'expires_after.anchor' },
    ],
    [
      'a text as seconds',
      [PURPOSE, FILE, ANCHOR, seconds('soon')],
      { code: 'invalid_type', param: 'expires_after.seconds' },
    ],
    [
      'too few seconds',
      [PURPOSE, FILE, ANCHOR, seconds('3599')],
      { code: 'integer_below_min_value', param: 'expires_after.seconds' },
    ],
    [
      'too many seconds',
      [PURPOSE, FILE, ANCHOR, seconds('2592001')],
      { code: 'integer_above_max_value', param: 'expires_after.seconds' },
    ],
    [
      'a file beyond the limit',
      [PURPOSE, { ...FILE, value: 'x'.repeat(1001) }],
      { code: 'file_too_large', param: null },
      413,
    ],
    [
      'a name with a control character',
      [PURPOSE, { ...FILE, filename: 'a\u0001.txt' }],
      { code: 'invalid_value', param: 'file' },
    ],
    ['an empty name', [PURPOSE, { ...FILE, filename: '' }], { code: 'invalid_value', param: 'file' }],
  ]
  for (const [what, parts, expected, status = 400] of REFUSED) {
    it(`refuses ${what}, and keeps nothing`, async () => {
      const before = [await usedBytes(), await objects()]
      assertError(await sendForm(server, parts), status, expected)
      assert.deepEqual([await usedBytes(), await objects()], before)
    })
  }

  it('refuses other content types and a form without a boundary', async () => {
    const json = await send(server, 'POST', '/files', { body: { purpose: 'vision' } })
    assertError(json, 415, { code: 'unsupported_content_type' })
    const headers = { 'content-type': 'multipart/form-data' }
    assertError(await send(server, 'POST', '/files', { body: 'x', headers }), 400)
    const cut = formOf([PURPOSE, FILE], 'xyz').subarray(0, 120)
    const typed = { 'content-type': 'multipart/form-data; boundary=xyz' }
    assertError(await send(server, 'POST', '/files', { body: cut, headers: typed }), 400)
  })

  for (const [what, spoil] of SPOILED_FORMS) {
    it(`refuses a form with a part ${what}, and keeps nothing`, async () => {
      const before = [await usedBytes(), await objects()]
      const body = spoil(formOf([PURPOSE, FILE, ANCHOR, seconds('3600')], 'xyz'), 'xyz')
      const headers = { 'content-type': 'multipart/form-data; boundary=xyz' }
      assertError(await send(server, 'POST', '/files', { body, headers }), 400)
      assert.deepEqual([await usedBytes(), await objects()], before)
    })
  }

  it('ignores white space after the delimiters of a form', async () => {
    const body = padDelimiters(formOf([FILE, PURPOSE], 'xyz'), 'xyz')
    const headers = { 'content-type': 'multipart/form-data; boundary=xyz' }
    const answer = await send(server, 'POST', '/files', { body, headers })
    assert.equal(answer.status, 200)
    const { purpose, bytes } = json<FileObject>(answer)
    assert.deepEqual([purpose, bytes], ['assistants', 5])
  })

  it('accepts fields after the file, without a length, with a quoted boundary', async () => {
    const parts = [FILE, seconds('3600'), ANCHOR, { name: 'other', value: 'ignored' }, PURPOSE]
    const answer = await sendChunked(server, parts, 'Multipart/Form-Data; boundary="x y"')
    assert.equal(answer.status, 200, answer.bytes.toString())
    const file = json<FileObject>(answer)
    assert.equal(file.expires_at, file.created_at + 3600)
    assert.deepEqual([file.purpose, file.bytes], ['assistants', 5])
  })

  const NAMES = [
    ['Ärger 💡.txt', 'Ärger 💡.txt'],
    ['a %22b%22.txt', 'a "b".txt'],
    ['100%41 %0A.txt', '100%41 %0A.txt'],
    ['folder/a.txt', 'a.txt'],
    ['unknown_file', 'unknown_file'],
  ] as const
  for (const [sent, kept] of NAMES) {
    it(`keeps the name ${kept}`, async () => {
      const answer = await sendForm(server, [PURPOSE, { ...FILE, filename: sent }])
      assert.equal(json<FileObject>(answer).filename, kept)
    })
  }

  const TYPES = [
    ['application/octet-stream', PNG, 'a', 'image/png'],
    [undefined, PNG, 'a', 'image/png'],
    ['text/plain', PNG, 'a.txt', 'image/png'],
    ['not a type', PNG, 'a.png', 'image/png'],
    ['application/octet-stream', '{"a":1}', 'a.json', 'application/json'],
    ['application/octet-stream', 'plain', 'a', 'text/plain'],
    ['application/pdf', 'plain', 'a', 'text/plain'],
    ['text/csv', 'a,b', 'a.csv', 'text/csv'],
    ['application/octet-stream', Buffer.of(1, 0, 255, 254), 'a', 'application/octet-stream'],
  ] as const
  for (const [type, value, filename, expected] of TYPES) {
    it(`takes ${filename} of type ${type} for ${expected}`, async () => {
      const part = { name: 'file', value, filename, ...(type === undefined ? {} : { type }) }
      const file = json<FileObject>(await sendForm(server, [PURPOSE, part]))
      const content = await send(server, 'GET', `/files/${file.id}/content`)
      assert.equal(content.headers['content-type'], expected)
      assert.deepEqual(content.bytes, Buffer.from(value))
    })
  }
})

describe('Files of the OpenAI API', () => {
  let server: TestApp
  before(async () => {
    server = await startApp({ env: { ALLOWED_MIME_TYPES: 'text/plain' } })
  })
  after(() => server?.stop())

  const list = (query: string) => sendOk<FileList>(server, 'GET', `/files${query}`)

  it('are refused when the operator has not allowed their type', async () => {
    const answer = await sendForm(server, [PURPOSE, { ...FILE, value: PNG }])
    assertError(answer, 400, { code: 'unsupported_file' })
  })

  it('have one record with two spellings of its id', async () => {
    const id = await uploadText(server)
    const own = id.replace('file-', 'file_')
    for (const spelling of [id, own]) {
      assert.equal((await sendOk<FileObject>(server, 'GET', `/files/${spelling}`)).id, id)
      const path = `/organizations/${server.organizationId}/files/${spelling}`
      assert.equal((await sendOk<{ id: string }>(server, 'GET', path)).id, own)
      const { download_url } = await sendOk<{ download_url: string }>(server, 'GET', `${path}/content`)
      assert.equal((await fetch(download_url.replace(own, spelling))).status, 200)
      assert.equal((await list(`?after=${spelling}`)).data.length >= 0, true)
      const after = await send(
        server,
        'GET',
        `/organizations/${server.organizationId}/files?after=${spelling}`,
      )
      assert.equal(after.status, 200)
    }
    assert.deepEqual(await sendOk(server, 'DELETE', `/files/${own}`), { id, object: 'file', deleted: true })
    for (const method of ['GET', 'DELETE'])
      assertError(await send(server, method, `/files/${id}`), 404, {
        message: `No such File object: ${id}`,
        param: 'id',
        code: null,
      })
  })

  it('are listed in both orders, by purpose and after deleted ones', async () => {
    const ids: string[] = []
    for (const purpose of ['vision', 'user_data', 'vision', 'evals', 'vision']) {
      const answer = await sendForm(server, [
        { name: 'purpose', value: purpose },
        { ...FILE, type: 'text/plain' },
      ])
      ids.push(json<FileObject>(answer).id)
    }
    const visions = [0, 2, 4].map((index) => ids[index] ?? '')
    const idsOf = ({ data }: FileList) => data.map(({ id }) => id)
    const newest = await list('?limit=2')
    assert.deepEqual(idsOf(newest), [ids[4], ids[3]])
    assert.deepEqual([newest.first_id, newest.last_id, newest.has_more], [ids[4], ids[3], true])
    assert.deepEqual(idsOf(await list('?purpose=vision&order=asc')), visions)
    assert.ok(idsOf(await list('?purpose=user_data')).includes(ids[1] ?? ''))
    assert.ok(!idsOf(await list('?purpose=user_data')).includes(ids[0] ?? ''))
    const after = await list(`?purpose=vision&after=${visions[1]}`)
    assert.deepEqual([idsOf(after), after.has_more], [[visions[0]], false])
    await sendOk(server, 'DELETE', `/files/${visions[1]}`)
    assert.deepEqual(idsOf(await list(`?purpose=vision&order=asc&after=${visions[1]}`)), [visions[2]])
    assert.deepEqual(idsOf(await list(`?limit=2&before=${ids[2]}`)), [ids[4], ids[3]])
    assert.deepEqual(idsOf(await list(`?limit=1&before=${visions[1]}&order=asc`)), [ids[1]])
    const none = await list(`?purpose=batch`)
    assert.deepEqual(none, { object: 'list', data: [], first_id: null, last_id: null, has_more: false })
  })

  const BAD_LISTS = [
    ['limit=0', 'integer_below_min_value', 'limit'],
    ['limit=-1', 'integer_below_min_value', 'limit'],
    ['limit=10001', 'integer_above_max_value', 'limit'],
    [`limit=${'9'.repeat(20)}`, 'integer_above_max_value', 'limit'],
    ['limit=x', 'invalid_type', 'limit'],
    ['limit=1.5', 'invalid_type', 'limit'],
    ['limit=1&limit=2', 'invalid_type', 'limit'],
    ['order=up', 'invalid_value', 'order'],
    ['purpose=x', 'invalid_value', 'purpose'],
    ['after=file-unknown', 'invalid_value', 'after'],
    [`after=${'x'.repeat(200)}`, 'string_above_max_length', 'after'],
    ['after=%00', 'invalid_value', 'after'],
  ] as const
  for (const [query, code, param] of BAD_LISTS) {
    it(`are not listed with ${query.slice(0, 40)}`, async () => {
      assertError(await send(server, 'GET', `/files?${query}`), 400, { code, param })
    })
  }

  it('are sent in ranges and under conditions', async () => {
    const id = await uploadText(server, 'hello world')
    const get = (headers: Record<string, string>, method = 'GET') =>
      send(server, method, `/files/${id}/content`, { headers })
    const all = await get({ accept: 'application/binary' })
    assert.equal(all.status, 200)
    assert.equal(all.headers['content-length'], '11')
    assert.equal(all.headers['accept-ranges'], 'bytes')
    assert.equal(all.headers['x-content-type-options'], 'nosniff')
    assert.match(String(all.headers['content-disposition']), /^attachment/)
    assert.match(String(all.headers['content-security-policy']), /sandbox/)
    const part = await get({ range: 'bytes=6-' })
    assert.deepEqual([part.status, part.bytes.toString()], [206, 'world'])
    assert.equal((await get({ 'if-none-match': String(all.headers.etag) })).status, 304)
    assertError(await get({ 'if-match': '"other"' }), 412)
    const outside = await get({ range: 'bytes=99-' })
    assertError(outside, 416)
    assert.equal(outside.headers['content-range'], 'bytes */11')
    const head = await get({}, 'HEAD')
    assert.deepEqual([head.status, head.headers['content-length'], head.bytes.length], [200, '11', 0])
  })

  it('do not exist from their expiry on, and a job releases their space', async () => {
    const { context, organizationId } = server
    const used = async () =>
      (await context.database.organizations.find(organizationId))?.storageUsedBytes ?? 0
    const id = (await uploadText(server)).replace('file-', 'file_')
    const before = await used()
    const file = await context.database.files.find(organizationId, id)
    assert.ok(file)
    const object = await context.storage.write(
      { name: `${file.objectName}-2`, contentType: 'text/plain' },
      Readable.from([Buffer.from('hello')], { objectMode: false }),
      100,
    )
    assert.equal(object.kind, 'object')
    const expired = {
      ...file,
      id: `${id.slice(0, -1)}z`,
      objectName: `${file.objectName}-2`,
      expiresAtMs: context.now() - 1,
    }
    assert.ok(await context.database.files.add(organizationId, [expired], null))
    const openaiId = expired.id.replace('file_', 'file-')
    assertError(await send(server, 'GET', `/files/${openaiId}`), 404)
    assertError(await send(server, 'GET', `/files/${openaiId}/content`), 404)
    assert.ok(!(await list('')).data.some((one) => one.id === openaiId))
    await eventually(
      'a job deletes the expired File',
      async () => (await used()) === before && (await context.storage.stat(expired.objectName)) === null,
    )
    assertError(await send(server, 'DELETE', `/files/${openaiId}`), 404)
  })

  it('get their end from upload URLs and direct uploads too', async () => {
    const path = `/organizations/${server.organizationId}/files`
    const body = {
      filename: 'a.txt',
      file_size: 5,
      mime_type: 'text/plain',
      expires_after: { anchor: 'created_at', seconds: 3600 },
    }
    const session = await sendOk<{ upload_url: string; gcs_path: string }>(
      server,
      'POST',
      `${path}/upload-url`,
      { body },
    )
    const put = await fetch(session.upload_url, { method: 'PUT', body: 'hello' })
    assert.equal(put.status, 200)
    const { expires_after: _, ...facts } = body
    const registered = await send(server, 'POST', path, { body: { ...facts, gcs_path: session.gcs_path } })
    const form = formOf([{ ...FILE, type: 'text/plain' }, ANCHOR, seconds('3600')], 'xyz')
    const headers = { 'content-type': 'multipart/form-data; boundary=xyz' }
    const direct = await send(server, 'POST', `${path}/upload`, { body: form, headers })
    for (const answer of [registered, direct]) {
      assert.equal(answer.status, 201, answer.bytes.toString())
      const { uploaded_at, expires_at } = json<{ uploaded_at: string; expires_at: string }>(answer)
      assert.equal(Date.parse(expires_at) - Date.parse(uploaded_at), 3_600_000)
    }
    const early = { ...body, expires_after: { anchor: 'created_at', seconds: 1 } }
    assert.equal((await send(server, 'POST', `${path}/upload-url`, { body: early })).status, 422)
  })
})

describe('a File with damaged bytes', () => {
  it('has the status error from the first read that finds the damage, until a scrub finds it restored', async (test) => {
    const server = await startApp({ isOnDisk: true })
    test.after(() => server.stop())
    const id = await uploadText(server, 'a text of some length')
    const folder = join(server.dataDir, 'objects')
    const path = (await readdir(folder, { recursive: true })).find((name) => name.endsWith('.object')) ?? ''
    const write = async (text: string) => {
      await using object = await open(join(folder, path), 'r+')
      await object.write(text, 2)
    }
    const shown = async () => {
      const { status, status_details } = await sendOk<StatusObject>(server, 'GET', `/files/${id}`)
      return { status, status_details }
    }
    const damagedAt = async () => {
      const answer = await createClient(server).get(`/files/${id}`)
      return json<{ damaged_at: string | null }>(answer).damaged_at
    }
    assert.deepEqual(await shown(), { status: 'processed', status_details: null })
    assert.equal(await damagedAt(), null)
    const startedAtMs = Date.now()
    await write('X')
    assert.equal((await send(server, 'GET', `/files/${id}/content`)).status, 503)
    const damaged = await eventually('the File is marked', async () => {
      const now = await shown()
      return now.status === 'error' && now
    })
    assert.match(damaged.status_details ?? '', /damaged. Upload the file again/)
    assert.ok(Date.parse((await damagedAt()) ?? '') >= startedAtMs)
    await write('t')
    const { signal } = new AbortController()
    const run = { bytesPerSecond: Number.POSITIVE_INFINITY, signal, firstSection: 0 }
    await scrubFiles({ ...server.context, now: () => Date.now() + 1000 }, run)
    assert.deepEqual(await shown(), { status: 'processed', status_details: null })
    assert.equal(await damagedAt(), null)
  })
})

interface StatusObject {
  readonly status: string
  readonly status_details: string | null
}
