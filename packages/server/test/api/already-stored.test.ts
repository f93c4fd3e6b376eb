import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { createApiKey } from '../../src/operations/access/create-api-key.ts'
import { updateOrganization } from '../../src/operations/organizations/update-organization.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, type FileObject, putObject, type UploadUrl } from './client.ts'
import { assertError, assertFieldError } from './envelope.ts'
import { json } from './exchange.ts'

const MIB = 1024 * 1024
const PDF = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(3000, 'x')])

/** Answer with a File, or with a session that waits for the bytes. */
interface Opened extends Partial<UploadUrl> {
  readonly already_stored: boolean
  readonly file_id: string
  readonly gcs_path: string
  readonly file?: FileObject
}

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('POST /files/upload-url with sha256', () => {
  let server: TestApp
  let client: Client
  before(async () => {
    server = await startApp({ isOnDisk: true })
    client = createClient(server)
  })
  after(() => server.stop())

  let count = 0
  /** Returns bytes that no other test has. */
  const newBytes = (size = 2 * MIB + 5) => Buffer.alloc(size, `${count++} is in no other text `)
  const requestFor = (bytes: Uint8Array, fields: object = {}) => ({
    filename: 'second.txt',
    file_size: bytes.byteLength,
    mime_type: 'text/plain',
    sha256: sha256Of(bytes),
    ...fields,
  })
  const ask = async (bytes: Uint8Array, fields: object = {}, as = client): Promise<Opened> => {
    const answer = await as.post('/files/upload-url', requestFor(bytes, fields))
    assert.equal(answer.status, 200, answer.bytes.toString())
    return json<Opened>(answer)
  }
  /** Stores the first File with these bytes. */
  const storeFirst = async (bytes: Uint8Array, fields: object = {}, as = client): Promise<FileObject> => {
    const opened = await ask(bytes, { filename: 'first.txt', auto_register: true, ...fields }, as)
    assert.equal(opened.already_stored, false)
    assert.equal((await putObject(opened.upload_url ?? '', bytes)).status, 200)
    return json<FileObject>(await as.get(`/files/${opened.file_id}`))
  }
  const storeSecond = async (bytes: Uint8Array, fields: object = {}): Promise<FileObject> =>
    (await ask(bytes, fields)).file ?? assert.fail('the bytes are not shared')
  const read = async ({ id }: Pick<FileObject, 'id'>) =>
    Buffer.from(await (await fetch((await client.content(id)).download_url)).arrayBuffer())
  const remove = async ({ id }: Pick<FileObject, 'id'>) =>
    assert.equal((await client.del(`/files/${id}`)).status, 204)
  const usage = async () => {
    const found = await server.context.database.organizations.find(server.organizationId)
    return { used: found?.storageUsedBytes ?? 0, reserved: found?.storageReservedBytes ?? 0 }
  }
  const objectFiles = async () => {
    const folder = join(server.dataDir, 'objects')
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile() && entry.parentPath !== folder).length
  }

  /** Posts a form with files, and with their checksums before or after them. */
  const postForm = async (contents: readonly Buffer[], sha256s: readonly string[], areFirst = true) => {
    const form = new FormData()
    const addSums = () => {
      for (const sum of sha256s) form.append('sha256', sum)
    }
    if (areFirst) addSums()
    for (const bytes of contents)
      form.append('files', new Blob([Uint8Array.from(bytes)], { type: 'text/plain' }), 'again.txt')
    if (!areFirst) addSums()
    const request = new Request('http://localhost', { method: 'POST', body: form })
    const headers = { 'content-type': request.headers.get('content-type') ?? '' }
    return client.post('/files/upload', new Uint8Array(await request.arrayBuffer()), { headers })
  }
  const sendDirectly = async (contents: readonly Buffer[], areFirst: boolean) => {
    const answer = await postForm(contents, contents.map(sha256Of), areFirst)
    assert.equal(answer.status, 201, answer.bytes.toString())
    return json<{ files: (FileObject & { already_stored?: boolean })[] }>(answer).files
  }

  it('answers with a File at once when the organization has stored the bytes', async () => {
    const bytes = newBytes()
    const first = await storeFirst(bytes)
    assert.equal(first.sha256, sha256Of(bytes))
    const opened = await ask(bytes)
    const { file, ...rest } = opened
    assert.ok(file)
    assert.deepEqual([rest.already_stored, rest.upload_url, rest.expires_at], [true, undefined, undefined])
    assert.deepEqual([rest.file_id, rest.gcs_path], [file.id, file.storage_path])
    const expected = { ...first, id: file.id, original_filename: 'second.txt', storage_path: rest.gcs_path }
    assert.deepEqual(file, { ...expected, uploaded_at: file.uploaded_at })
    assert.notEqual(file.id, first.id)
    assert.deepEqual(json(await client.get(`/files/${file.id}`)), file)
    assert.ok(bytes.equals(await read(file)))
  })

  it('takes the SHA-256 in base64 and in capitals too', async () => {
    const bytes = newBytes()
    await storeFirst(bytes)
    const hex = sha256Of(bytes)
    for (const sha256 of [hex.toUpperCase(), Buffer.from(hex, 'hex').toString('base64')]) {
      assert.equal((await ask(bytes, { sha256 })).already_stored, true)
    }
  })

  it('lets a client that registers every upload register it again', async () => {
    const bytes = newBytes()
    await storeFirst(bytes)
    const { file, gcs_path } = await ask(bytes)
    const { sha256: _, ...body } = requestFor(bytes, { gcs_path })
    const registered = await client.post('/files', body)
    assert.deepEqual([registered.status, json(registered)], [201, file])
  })

  it('keeps the bytes until the last File is deleted, and counts each File in the quota', async () => {
    const [before, filesBefore] = [await usage(), await objectFiles()]
    const bytes = newBytes()
    const first = await storeFirst(bytes)
    const second = await storeSecond(bytes)
    const third = await storeSecond(bytes)
    assert.deepEqual(await usage(), { ...before, used: before.used + 3 * bytes.length })
    await remove(first)
    assert.ok(bytes.equals(await read(second)))
    assert.ok(bytes.equals(await read(third)))
    const fourth = await storeSecond(bytes)
    for (const file of [third, second]) await remove(file)
    assert.ok(bytes.equals(await read(fourth)))
    await remove(fourth)
    assert.deepEqual(await usage(), before)
    assert.equal(await objectFiles(), filesBefore)
    assert.equal((await ask(bytes)).already_stored, false)
  })

  it('never shares the bytes of another organization', async () => {
    const bytes = newBytes()
    await storeFirst(bytes)
    const other = createClient(server, await server.addOrganization('org_other'))
    const opened = await ask(bytes, {}, other)
    assert.deepEqual([opened.already_stored, opened.file], [false, undefined])
    assert.ok(opened.upload_url)
  })

  it('shares no bytes of another size, and none whose SHA-256 was not computed', async () => {
    const bytes = newBytes()
    await storeFirst(bytes)
    assert.equal((await ask(bytes, { file_size: bytes.length + 1 })).already_stored, false)
    const unknown = newBytes()
    await client.uploadFile({ filename: 'a.txt', mimeType: 'text/plain', bytes: unknown })
    assert.equal((await ask(unknown)).already_stored, false)
  })

  it('shares bytes whose SHA-256 another upload only asked to compute', async () => {
    const bytes = newBytes()
    await storeFirst(bytes, { sha256: undefined, checksums: ['sha256'] })
    assert.equal((await ask(bytes)).already_stored, true)
  })

  it('refuses bytes that differ from the announced SHA-256', async () => {
    const bytes = newBytes()
    const { upload_url = '', file_id } = await ask(bytes, { auto_register: true })
    const other = Buffer.from(bytes)
    other[0] = 0
    const refused = await putObject(upload_url, other)
    assert.equal(refused.status, 400, refused.bytes.toString())
    assert.match(refused.bytes.toString(), /sha-?256/i)
    assert.equal((await client.get(`/files/${file_id}`)).status, 404)
    assert.equal((await ask(other)).already_stored, false)
  })

  it('checks the declared type against the stored bytes', async () => {
    const before = await usage()
    await storeFirst(PDF, { mime_type: 'application/pdf' })
    const opened = json<{ total: number }>(await client.get('/files/uploads')).total
    assertError(
      await client.post('/files/upload-url', requestFor(PDF, { mime_type: 'image/png' })),
      422,
      'FILE_TYPE_MISMATCH',
    )
    assert.equal(json<{ total: number }>(await client.get('/files/uploads')).total, opened)
    assert.deepEqual(await usage(), { ...before, used: before.used + PDF.length })
    const file = await storeSecond(PDF, { mime_type: 'application/octet-stream' })
    assert.deepEqual(
      [file.mime_type, file.detected_mime_type],
      ['application/octet-stream', 'application/pdf'],
    )
  })

  it('gives the File its own name, type, end and checksums', async () => {
    const bytes = newBytes()
    const first = await storeFirst(bytes)
    const file = await storeSecond(bytes, {
      filename: 'größe 🙂.md',
      mime_type: 'text/markdown; charset=utf-8',
      expires_after: { anchor: 'created_at', seconds: 3600 },
      checksums: ['md5'],
    })
    assert.deepEqual(
      [file.original_filename, file.mime_type],
      ['größe 🙂.md', 'text/markdown; charset=utf-8'],
    )
    assert.equal(file.md5, createHash('md5').update(bytes).digest('hex'))
    const { expires_at } = file as FileObject & { expires_at: string }
    assert.equal(Date.parse(expires_at), Date.parse(file.uploaded_at) + 3_600_000)
    assert.equal(
      json<FileObject & { expires_at: null }>(await client.get(`/files/${first.id}`)).expires_at,
      null,
    )
  })

  it('refuses a File beyond the quota', async () => {
    const full = createClient(server, await server.addOrganization('org_quota'))
    const bytes = newBytes()
    const caller = operatorCaller(full.organizationId)
    await updateOrganization(server.context, caller, { storageLimitBytes: 2 * bytes.length - 1 })
    await storeFirst(bytes, {}, full)
    const refused = await full.post('/files/upload-url', requestFor(bytes))
    assertError(refused, 403, 'STORAGE_QUOTA_EXCEEDED')
  })

  it('needs the scope of every upload', async () => {
    const bytes = newBytes()
    await storeFirst(bytes)
    const caller = operatorCaller(server.organizationId)
    const input = { name: 'reader', scopes: ['files:read'] as const, expiresAtMs: null }
    const { secret } = await createApiKey(server.context, caller, input)
    const reader = createClient(server, { ...server, apiKey: secret })
    assertError(await reader.post('/files/upload-url', requestFor(bytes)), 403, 'INSUFFICIENT_PERMISSIONS')
  })

  it('shares no damaged bytes, whichever of their Files a read found damaged', async () => {
    const bytes = newBytes()
    const first = await storeFirst(bytes)
    const second = await storeSecond(bytes)
    const { database, now } = server.context
    const { objectName = '', generation = '' } =
      (await database.files.find(server.organizationId, second.id)) ?? {}
    const object = { name: objectName, generation }
    await database.files.markDamaged(server.organizationId, second.id, object, now())
    assert.ok((await database.files.find(server.organizationId, first.id))?.damagedAtMs)
    assert.equal((await ask(bytes)).already_stored, false)
  })

  for (const areFirst of [true, false]) {
    it(`stores content once that a direct upload sends again, with its SHA-256 ${areFirst ? 'before' : 'after'} it`, async () => {
      const [filesBefore, bytes] = [await objectFiles(), newBytes()]
      const first = await storeFirst(bytes)
      const stored = await objectFiles()
      const sent = await sendDirectly([bytes, newBytes()], areFirst)
      const [second, other] = sent
      assert.deepEqual([second?.already_stored, other?.already_stored], [true, undefined])
      assert.deepEqual([second?.sha256, second?.file_size], [first.sha256, bytes.length])
      // The file of the object, and the link to the bytes; the other object has one file.
      assert.equal(await objectFiles(), stored + 3)
      await remove(first)
      for (const file of sent) assert.deepEqual((await read(file)).length, file.file_size)
      for (const file of sent) await remove(file)
      assert.equal(await objectFiles(), filesBefore)
    })
  }

  it('compares the SHA-256s of a direct upload with its files', async () => {
    const [one, two] = [newBytes(10), newBytes(10)]
    const [before, files] = [await usage(), await objectFiles()]
    const sums = [sha256Of(one), sha256Of(two)]
    assertError(await postForm([one, two], sums.toReversed()), 422, 'CHECKSUM_MISMATCH')
    for (const sha256s of [sums.slice(1), [...sums, ...sums], ['x', 'y']])
      assertFieldError(await postForm([one, two], sha256s), 'sha256')
    assert.deepEqual([await usage(), await objectFiles()], [before, files])
  })

  for (const sha256 of ['', 'x', 'a'.repeat(63), `${'a'.repeat(63)}g`, 5, `${'A'.repeat(44)}`]) {
    it(`refuses the SHA-256 ${JSON.stringify(sha256)}`, async () => {
      assertFieldError(await client.post('/files/upload-url', requestFor(PDF, { sha256 })), 'sha256')
    })
  }
})
