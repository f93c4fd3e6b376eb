import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { eventually } from '../../server/test/clients/eventually.ts'
import {
  AuthenticationError,
  ConflictError,
  ConnectionError,
  NotFoundError,
  PermissionError,
  ServerError,
  TooLargeError,
  ValidationError,
  type Waybill,
  WaybillError,
} from '../src/waybill.ts'
import { inTurn } from './faulty-proxy.ts'
import { startService, type TestService } from './start-service.ts'

const FILES = 7

/** Returns true when no printed form of the error contains a secret. */
const isSilent = (error: unknown): boolean => !inspect(error, { depth: 10 }).includes('secret')

describe('the client', () => {
  let service: TestService
  let client: Waybill
  const ids: string[] = []
  before(async () => {
    service = await startService()
    client = service.client()
    for (let index = 0; index < FILES; index++) {
      const file = await client.files.upload(new Blob([`file ${index}`]), { filename: `${index}.txt` })
      ids.unshift(file.id)
    }
  })
  after(() => service.stop())
  afterEach(() => service.proxy.reset())

  async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
    const list: Item[] = []
    for await (const item of items) list.push(item)
    return list
  }

  it('reads its organization', async () => {
    const { id, storage_used_bytes } = await client.organizations.get()
    assert.equal(id, service.server.organizationId)
    assert.equal(storage_used_bytes, FILES * 'file 0'.length)
  })

  it('uploads into a folder with metadata, in one request and in several, and moves the file', async () => {
    const folder = { path: 'reports/2026', metadata: { project: 'Apollo' } }
    const small = new Blob(['small'])
    for (const filename of ['"small".txt', 'small.txt']) {
      const file = await client.files.upload(small, { filename, ...folder })
      assert.deepEqual({ path: file.path, metadata: file.metadata }, folder)
      const moved = await client.files.update(file.id, { path: 'reports', filename: 'report.txt' })
      assert.deepEqual(
        [moved.path, moved.original_filename, moved.metadata],
        ['reports', 'report.txt', folder.metadata],
      )
      assert.deepEqual(await client.files.get(file.id), moved)
    }
  })

  it('lists a folder, and searches in all pages', async () => {
    const pages = await all(client.files.list({ delimiter: '/', limit: 3, sort: 'filename' }).pages())
    assert.deepEqual(
      pages.flatMap(({ folders }) => folders ?? []),
      ['reports'],
    )
    const found = await all(client.files.list({ search: 'REPORT', limit: 1 }))
    assert.deepEqual(
      found.map(({ original_filename }) => original_filename),
      ['report.txt', 'report.txt'],
    )
    for (const { id } of found) await client.files.delete(id)
  })

  for (const limit of [1, 3, FILES, 100]) {
    it(`lists every file once, with ${limit} to a page`, async () => {
      const files = await all(client.files.list({ limit }))
      assert.deepEqual(
        files.map(({ id }) => id),
        ids,
      )
      const pages = await all(client.files.list({ limit }).pages())
      assert.equal(pages.length, Math.ceil(FILES / limit))
      assert.equal(pages[0]?.total, FILES)
    })
  }

  it('requests no page that is not read', async () => {
    for await (const _ of client.files.list({ limit: 1 })) break
    assert.equal(service.proxy.seen.length, 1)
  })

  it('lists the open uploads, and cancels one', async () => {
    const facts = { file_size: 5, mime_type: 'text/plain' }
    for (const filename of ['a', 'b', 'c']) await client.files.createUploadUrl({ filename, ...facts })
    const open = await all(client.files.listUploads({ limit: 2 }))
    assert.deepEqual(
      open.map(({ filename }) => filename),
      ['c', 'b', 'a'],
    )
    for (const { file_id } of open) await client.files.cancelUpload(file_id)
    assert.deepEqual(await all(client.files.listUploads()), [])
  })

  it('registers an upload that another client has sent', async () => {
    const facts = { filename: 'by-hand.txt', file_size: 5, mime_type: 'text/plain' }
    const opened = await client.files.createUploadUrl(facts)
    await fetch(opened.upload_url, { method: 'PUT', body: 'Hello' })
    const file = await client.files.register({ ...facts, gcs_path: opened.gcs_path })
    assert.deepEqual(await client.files.get(file.id), file)
    const { download_url } = await client.files.getContent(file.id)
    assert.equal(await (await fetch(download_url)).text(), 'Hello')
    await client.files.delete(file.id)
    await assert.rejects(client.files.get(file.id), NotFoundError)
  })

  it('moves a file to the trash and back, also where an answer was lost', async () => {
    const { id } = await client.files.upload(new Blob(['x']), { filename: 'x' })
    service.proxy.setFault(inTurn(({ method }) => method === 'DELETE', [{ kind: 'lose-answer' }]))
    await client.files.trash(id)
    await assert.rejects(client.files.get(id), NotFoundError)
    const trashed = await all(client.files.list({ state: 'trashed' }))
    assert.deepEqual(
      trashed.map((file) => file.id),
      [id],
    )
    assert.equal((await client.files.restore(id)).trashed_at, null)
    await client.files.trash(id)
    await client.files.delete(id)
    await assert.rejects(client.files.restore(id), NotFoundError)
  })

  it('shares a file until its link is deleted', async () => {
    const { id } = await client.files.upload(new Blob(['shared']), { filename: 'x' })
    const link = await client.files.links.create(id, { expires_in: 60, max_downloads: 5 })
    assert.equal(await (await fetch(link.url)).text(), 'shared')
    const [listed] = await client.files.links.list(id)
    assert.deepEqual([listed?.id, listed?.downloads], [link.id, 1])
    await client.files.links.delete(id, link.id)
    assert.equal((await fetch(link.url)).status, 401)
    assert.equal((await client.files.links.create(id)).max_downloads, null)
    await client.files.delete(id)
  })

  it('deletes once where the answer was lost', async () => {
    const { id } = await client.files.upload(new Blob(['x']), { filename: 'x' })
    service.proxy.setFault(inTurn(({ method }) => method === 'DELETE', [{ kind: 'lose-answer' }]))
    await client.files.delete(id)
    await assert.rejects(client.files.delete(id), NotFoundError)
  })

  it('manages keys', async () => {
    const { apiKeys } = client
    const { id, key } = await apiKeys.create({ key_name: 'a', scopes: ['files:read'] })
    const its = service.client({ apiKey: key })
    await its.files.get(String(ids[0]))
    assert.equal((await apiKeys.update(id, { key_name: 'b' })).key_name, 'b')
    assert.equal((await apiKeys.pause(id)).is_paused, true)
    await assert.rejects(its.organizations.get(), { code: 'API_KEY_PAUSED' })
    await apiKeys.unpause(id)
    assert.equal((await apiKeys.deactivate(id)).is_active, false)
    await apiKeys.activate(id)
    const rotated = await apiKeys.rotate(id)
    await assert.rejects(its.organizations.get(), { code: 'INVALID_API_KEY' })
    await service.client({ apiKey: rotated.key }).organizations.get()
    const names = (await all(apiKeys.list({ page_size: 1 }))).map(({ key_name }) => key_name)
    assert.equal(names.length, 2)
    assert.equal(names[0], 'b')
    // A cursor overrides a page number, so that no key is listed twice.
    assert.equal((await all(apiKeys.list({ page: 1, page_size: 1 }))).length, 2)
    assert.equal((await apiKeys.get(id)).key_name, 'b')
    await apiKeys.delete(id)
    await assert.rejects(apiKeys.get(id), NotFoundError)
  })

  it('makes no second key where it is not known whether there is a first', async () => {
    const isCreate = ({ method }: { method: string }) => method === 'POST'
    service.proxy.setFault(inTurn(isCreate, [{ kind: 'lose-answer' }]))
    await assert.rejects(client.apiKeys.create({ key_name: 'lost' }), ConnectionError)
    const names = (await all(client.apiKeys.list())).map(({ key_name }) => key_name)
    assert.equal(names.filter((name) => name === 'lost').length, 1)
  })

  const WRONG_KEY = `oak_live_${'0'.repeat(43)}`
  const REFUSALS: readonly (readonly [
    kind: string,
    call: () => Promise<unknown>,
    error: typeof WaybillError,
    code: string,
  ])[] = [
    [
      'a wrong key',
      () => service.client({ apiKey: WRONG_KEY }).organizations.get(),
      AuthenticationError,
      'INVALID_API_KEY',
    ],
    [
      'another organization',
      () => service.client({ organizationId: 'org_other' }).organizations.get(),
      PermissionError,
      'ORGANIZATION_ACCESS_DENIED',
    ],
    ['no such file', () => client.files.get('file_none'), NotFoundError, 'FILE_NOT_FOUND'],
    [
      'a size of nothing',
      () => client.files.createUploadUrl({ filename: 'a', file_size: 0, mime_type: 'text/plain' }),
      ValidationError,
      'VALIDATION_ERROR',
    ],
    [
      'too large a file',
      () => client.files.createUploadUrl({ filename: 'a', file_size: 2 ** 50, mime_type: 'text/plain' }),
      TooLargeError,
      'FILE_TOO_LARGE',
    ],
    [
      'the last admin key',
      async () => client.apiKeys.delete(String((await all(client.apiKeys.list())).at(-1)?.id)),
      ConflictError,
      'LAST_ADMIN_KEY',
    ],
  ]
  for (const [kind, call, Class, code] of REFUSALS) {
    it(`rejects with ${Class.name}, its code and its trace id: ${kind}`, async () => {
      const error = await call().catch((caught) => caught)
      assert.ok(error instanceof Class && error instanceof WaybillError, String(error))
      assert.equal(error.name, Class.name)
      assert.equal(error.code, code)
      assert.ok(error.message.length > 0 && error.systemMessage.length > 0)
      assert.match(String(error.traceId), /^[0-9a-f-]{36}$/)
      await eventually('the log has it', () => service.server.output().includes(String(error.traceId)))
    })
  }

  it('says that the service cannot be reached, without the key and what was asked', async () => {
    const nowhere = service.client({ baseUrl: 'http://127.0.0.1:1', retry: { maxFailures: 0 } })
    const error = await nowhere.files
      .list({ after: 'secret' })
      .pages()
      [Symbol.asyncIterator]()
      .next()
      .catch((caught) => caught)
    assert.ok(error instanceof ConnectionError)
    assert.doesNotMatch(error.message, /secret/)
  })

  it('follows no redirect, which would take the key along', async () => {
    const to = { location: 'http://127.0.0.1:1/' }
    service.proxy.setFault(() => ({ kind: 'answer', status: 307, headers: to }))
    await assert.rejects(client.organizations.get(), { code: 'UNREADABLE_ANSWER', status: 307 })
    assert.equal(service.proxy.seen.length, 1)
  })

  it("names an answer that is not the service's", async () => {
    const hasty = service.client({ retry: { maxFailures: 0 } })
    service.proxy.setFault(() => ({ kind: 'answer', status: 502 }))
    await assert.rejects(hasty.organizations.get(), ServerError)
  })

  it('does not try again where a page answers in place of the service', async () => {
    service.proxy.setFault(() => ({ kind: 'answer', status: 200 }))
    await assert.rejects(client.organizations.get(), { name: 'ConnectionError', code: 'UNREADABLE_ANSWER' })
    assert.equal(service.proxy.seen.length, 1)
  })

  for (const [kind, character] of [
    ['a line break at its end', '\n'],
    ['a carriage return', '\r\n'],
    ['a space', ' '],
    ['a NUL', '\0'],
    ['a letter beyond ASCII', 'ä'],
    ['a zero-width space', '\u200b'],
  ] as const) {
    it(`refuses a key with ${kind}, and does not repeat it`, () => {
      assert.throws(
        () => service.client({ apiKey: `oak_live_secret${character}` }),
        (error: Error) =>
          error instanceof TypeError && /Copy the key again/.test(error.message) && isSilent(error),
      )
    })
  }

  for (const missing of ['apiKey', 'organizationId'])
    it(`refuses to be made without ${missing}`, () => {
      assert.throws(() => service.client({ [missing]: undefined }), {
        name: 'TypeError',
        message: new RegExp(`^${missing} must be a string`),
      })
    })

  it('refuses a base URL with a password, and does not repeat one that is none', () => {
    for (const baseUrl of ['http://user:secret@127.0.0.1', 'user:secret@127.0.0.1:x y'])
      assert.throws(() => service.client({ baseUrl }), isSilent)
  })

  it('repeats no key that an answer shows', async () => {
    const apiKey = 'oak_live_secret'
    const echo: typeof fetch = async (_url, init) =>
      new Response(JSON.stringify(init?.headers), { status: 400 })
    await assert.rejects(service.client({ apiKey, fetch: echo }).organizations.get(), isSilent)
    const page: typeof fetch = async (_url, init) => new Response(`${JSON.stringify(init?.headers)}<`)
    await assert.rejects(service.client({ apiKey, fetch: page }).organizations.get(), isSilent)
  })

  it('gives a service up soon that has never answered, and one that has later', async () => {
    let calls = 0
    let isThere = false
    const dead: typeof fetch = async () => {
      calls++
      if (isThere) return Response.json({ id: 'org_1' })
      throw new TypeError('fetch failed')
    }
    const client = service.client({ fetch: dead })
    await assert.rejects(client.organizations.get(), ConnectionError)
    assert.equal(calls, 4)
    isThere = true
    await client.organizations.get()
    isThere = false
    calls = 0
    await assert.rejects(client.organizations.get(), ConnectionError)
    assert.equal(calls, 11)
  })

  it('gives up a small upload as soon as any other call when no server answers', async () => {
    for (const bytes of [Buffer.from('text'), Buffer.alloc(0)]) {
      let calls = 0
      const dead: typeof fetch = async () => {
        calls++
        throw new TypeError('fetch failed')
      }
      const client = service.client({ fetch: dead })
      await assert.rejects(client.files.upload(bytes, { filename: 'a.txt' }), ConnectionError)
      assert.equal(calls, 5, 'the upload, and four times the question whether the file is there')
    }
  })

  it('refuses options of retry that it does not have, and values that are no numbers', () => {
    const retry = { maxRetries: 3 } as object
    assert.throws(
      () => service.client({ retry }),
      /no option "maxRetries"\. Its options are maxFailures, baseDelayMs/,
    )
    for (const maxFailures of [-1, Number.NaN, '3' as unknown as number])
      assert.throws(() => service.client({ retry: { maxFailures } }), RangeError)
  })

  it('takes a base URL with a slash at its end, and one below a path', async () => {
    await service.client({ baseUrl: `${service.proxy.url}/` }).organizations.get()
    const below = service.client({ baseUrl: `${service.proxy.url}/below/it/`, retry: { maxFailures: 0 } })
    await assert.rejects(below.organizations.get(), NotFoundError)
    assert.equal(service.proxy.seen.at(-1)?.path.startsWith('/below/it/v1/organizations/'), true)
  })
})
