import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { createId } from '../../src/domain/ids.ts'
import { searchFiles } from '../../src/operations/files/search-files.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, type FileObject, textFile, type UploadUrl } from './client.ts'
import { assertError, assertFieldError } from './envelope.ts'
import { json } from './exchange.ts'
import { createStore, dataOf, type StoreFileObject } from './vector-store-bodies.ts'

interface FileList {
  readonly files: readonly FileObject[]
  readonly folders?: readonly string[]
  readonly total: number | null
  readonly has_more: boolean
  readonly next_cursor: string | null
}

const NO_FOLDERS = [
  '/a',
  'a/',
  'a//b',
  '.',
  'a/../b',
  'a\\b',
  'a\u0000',
  `${'a/'.repeat(449)}aaa`,
  'a\u202eb',
]

describe('folders, metadata and searches of Files', () => {
  let server: TestApp
  let client: Client
  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  const open = (body: object) =>
    client.post('/files/upload-url', {
      ...{ filename: 'a.txt', file_size: 5, mime_type: 'text/plain' },
      ...body,
    })
  const uploadTo = async (path: string, filename: string, type = 'text/plain') => {
    const answer = await upload({ path }, filename, type)
    assert.equal(answer.status, 201, answer.bytes.toString())
    return json<FileObject>(answer)
  }
  const upload = (fields: Readonly<Record<string, string>>, filename = 'a.txt', type = 'text/plain') => {
    const boundary = 'part'
    const parts = Object.entries(fields).map(([name, value]) => `name="${name}"\r\n\r\n${value}`)
    parts.push(`name="file"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\nhello`)
    const body = parts.map((part) => `--${boundary}\r\nContent-Disposition: form-data; ${part}\r\n`).join('')
    return client.post('/files/upload', `${body}--${boundary}--\r\n`, {
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    })
  }
  const list = async (query: Readonly<Record<string, string>>, lister = client): Promise<FileList> => {
    const answer = await lister.get(`/files?${new URLSearchParams(query)}`)
    assert.equal(answer.status, 200, answer.bytes.toString())
    return json<FileList>(answer)
  }
  /** Returns folders and names of all pages. */
  const listAll = async (query: Readonly<Record<string, string>>): Promise<string[]> => {
    const found: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: FileList = await list({ ...query, ...(cursor !== '' && { after: cursor }) })
      assert.equal(page.total, null)
      assert.equal(page.has_more, page.next_cursor !== null)
      found.push(...(page.folders ?? []).map((folder) => `${folder}/`))
      found.push(...page.files.map(({ original_filename }) => original_filename))
      assert.ok(found.length < 1000)
      cursor = page.next_cursor
    }
    return found
  }

  /** Returns folders and names of all numbered pages. */
  const listByNumber = async (query: Readonly<Record<string, string>>): Promise<string[]> => {
    const found: string[] = []
    for (let page = 1; ; page++) {
      const { folders = [], files, has_more } = await list({ ...query, page: String(page) })
      found.push(...folders.map((folder) => `${folder}/`), ...files.map((file) => file.original_filename))
      assert.ok(found.length < 1000)
      if (!has_more) return found
    }
  }

  describe('the folder and the metadata of a File', () => {
    const metadata = { project: 'Apollo', ключ: '"value"' }

    it('are those of its upload session', async () => {
      const answer = await open({ path: 'reports/2026', metadata, auto_register: true })
      assert.equal(answer.status, 200, answer.bytes.toString())
      const { upload_url, file_id } = json<UploadUrl>(answer)
      assert.equal((await fetch(upload_url, { method: 'PUT', body: 'hello' })).status, 200)
      const file = json<FileObject>(await client.get(`/files/${file_id}`))
      assert.deepEqual([file.path, file.metadata], ['reports/2026', metadata])
    })

    it('are those of a direct upload, for all of its files', async () => {
      const answer = await upload({ path: 'reports', metadata: JSON.stringify(metadata) })
      const file = json<FileObject>(answer)
      assert.deepEqual([answer.status, file.path, file.metadata], [201, 'reports', metadata])
    })

    it('are the root and empty when the client sends none', async () => {
      const file = await client.uploadFile(textFile())
      assert.deepEqual([file.path, file.metadata], [null, {}])
    })

    for (const path of NO_FOLDERS) {
      it(`refuses the folder ${JSON.stringify(path).slice(0, 20)}`, async () => {
        assertFieldError(await open({ path }), 'path')
        if (!path.includes('\u0000')) assertFieldError(await upload({ path }), 'path')
        const { id } = await client.uploadFile(textFile())
        assertFieldError(await client.send('PATCH', `/files/${id}`, { body: { path } }), 'path')
      })
    }

    for (const [what, bad] of Object.entries({
      'more than 16 pairs': Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, 'v'])),
      'a key that is too long': { ['k'.repeat(65)]: 'v' },
      'a value that is too long': { k: 'v'.repeat(513) },
      'a number': { k: 1 },
      'a list': [],
    })) {
      it(`refuses metadata with ${what}`, async () => {
        for (const answer of [
          await open({ metadata: bad }),
          await upload({ metadata: JSON.stringify(bad) }),
        ]) {
          assertError(answer, 422, 'VALIDATION_ERROR')
        }
      })
    }
  })

  describe('PATCH /files/{file_id}', () => {
    const change = (id: string, body: object) => client.send('PATCH', `/files/${id}`, { body })

    it('changes the given fields only', async () => {
      const before = await uploadTo('a', 'old.txt')
      let expected = before
      for (const [body, changed] of [
        [{ filename: 'new.txt' }, { original_filename: 'new.txt' }],
        [{ path: 'b/c' }, { path: 'b/c' }],
        [{ metadata: { k: 'v' } }, { metadata: { k: 'v' } }],
        [
          { path: null, metadata: {} },
          { path: null, metadata: {} },
        ],
        [{}, {}],
      ] as const) {
        expected = { ...expected, ...changed }
        const answer = await change(before.id, body)
        assert.deepEqual([answer.status, json(answer)], [200, expected])
        assert.deepEqual(json(await client.get(`/files/${before.id}`)), expected)
      }
      const { download_url } = await client.content(before.id)
      const download = await fetch(download_url)
      assert.equal(await download.text(), 'hello')
      assert.match(String(download.headers.get('content-disposition')), /new\.txt/)
    })

    it('gives vector stores the new name', async () => {
      const { id } = await uploadTo('', 'old.txt')
      const store = await createStore(client)
      await client.post(`/vector-stores/${store.id}/files`, { file_id: id })
      await change(id, { filename: 'new.txt' })
      const answer = await client.get(`/vector-stores/${store.id}/files/${id}`)
      assert.equal(dataOf<StoreFileObject & { filename: string }>(answer).filename, 'new.txt')
    })

    it('is recorded in the audit log', async () => {
      const { id } = await uploadTo('', 'audited.txt')
      await client.send('PATCH', `/files/${id}`, {
        body: { filename: 'b.txt' },
        headers: { 'x-request-id': 'update-1' },
      })
      const events = await server.context.database.audit.list(null, 1000)
      const { action, target, outcome } = events.find(({ traceId }) => traceId === 'update-1') ?? {}
      assert.deepEqual({ action, target, outcome }, { action: 'updateFile', target: id, outcome: 'ok' })
    })

    it('refuses names that no file can have, and a name too long for the folder', async () => {
      const { id } = await uploadTo('a/b', 'kept.txt')
      for (const filename of ['', 'a/b', '..', 'a\u0000', 'a'.repeat(256)]) {
        assertFieldError(await change(id, { filename }), 'filename')
      }
      const long = 'ä'.repeat(225)
      assert.equal((await change(id, { path: long })).status, 200)
      assertFieldError(await change(id, { filename: 'ö'.repeat(226) }), 'path')
      assert.equal((await change(id, { filename: 'ö'.repeat(225) })).status, 200)
    })
  })

  describe('GET /files', () => {
    let searcher: Client
    let searched: string
    before(async () => {
      searcher = client
      const organization = await server.addOrganization(createId('org'))
      searched = organization.organizationId
      client = createClient(server, organization)
      for (const [path, filename, type] of [
        ['', 'readme.txt'],
        ['', 'Übersicht.txt'],
        ['photos', 'b.png', 'image/x-waybill'],
        ['photos/2025', 'IMG_0001.txt'],
        ['photos/2026', 'img_0002.txt'],
        ['photos/2026/may', 'img_0003.txt'],
        ['photos-old', 'IMG_0004.txt'],
        ['docs', 'report.csv', 'text/csv'],
      ] as const) {
        await uploadTo(path, filename, type)
      }
    })
    after(() => {
      client = searcher
    })

    const CASES: Readonly<Record<string, readonly [query: Record<string, string>, found: string[]]>> = {
      'below a folder': [{ path: 'photos/2026' }, ['img_0003.txt', 'img_0002.txt']],
      'below a folder with a slash': [
        { path: 'photos/2026/', order: 'asc' },
        ['img_0002.txt', 'img_0003.txt'],
      ],
      'of the root folder': [
        { delimiter: '/' },
        ['docs/', 'photos-old/', 'photos/', 'Übersicht.txt', 'readme.txt'],
      ],
      'of a folder': [{ path: 'photos', delimiter: '/' }, ['photos/2025/', 'photos/2026/', 'b.png']],
      'of a folder that does not exist': [{ path: 'phot', delimiter: '/' }, []],
      'with a part of the name': [
        { search: 'IMG', sort: 'filename' },
        ['IMG_0001.txt', 'IMG_0004.txt', 'img_0002.txt', 'img_0003.txt'],
      ],
      'with a part of the name in another case and form': [{ search: 'u\u0308BERS' }, ['Übersicht.txt']],
      'of a type': [{ mime_type: 'text/csv' }, ['report.csv']],
      'of all subtypes': [{ mime_type: 'IMAGE/*' }, ['b.png']],
      'below a folder with a part of the name': [{ path: 'photos', search: '002' }, ['img_0002.txt']],
      'uploaded after all': [{ uploaded_after: '2999-01-01T00:00:00Z' }, []],
      'uploaded before all': [{ uploaded_before: '2000-01-01T00:00:00Z' }, []],
    }
    for (const [name, [query, found]] of Object.entries(CASES)) {
      it(`lists files ${name}, on one page and on many`, async () => {
        assert.deepEqual(await listAll(query), found)
        assert.deepEqual(await listAll({ ...query, limit: '1' }), found)
        assert.deepEqual(await listAll({ ...query, limit: '3' }), found)
        assert.deepEqual(await listByNumber({ ...query, limit: '1' }), found)
        assert.deepEqual(await listByNumber({ ...query, limit: '3' }), found)
      })
    }

    it('has empty pages behind the last one', async () => {
      const page = await list({ search: 'img', limit: '2', page: '9' })
      assert.deepEqual([page.files, page.has_more, page.next_cursor], [[], false, null])
    })

    it('refuses a page by its number behind a page that ended early', async () => {
      const { context } = server
      const { files } = context.database
      const search: typeof files.search = (id, request) => files.search(id, { ...request, limit: 1 })
      const input = {
        ...{ path: 'photos', isFolderListing: false, nameContains: null, mediaType: null },
        ...({ uploadedAfterMs: null, uploadedBeforeMs: null, sort: 'name', order: 'asc' } as const),
        ...{ limit: 2, page: 2, after: null },
      }
      const database = { ...context.database, files: { ...files, search } }
      await assert.rejects(
        searchFiles({ ...context, database }, operatorCaller(searched), input),
        /pass next_cursor as after/,
      )
    })

    it('lists files that were uploaded after another one', async () => {
      const [newest] = (await list({ limit: '1' })).files
      const all = await listAll({ uploaded_before: newest?.uploaded_at ?? '' })
      assert.ok(all.length > 0 && !all.includes(newest?.original_filename ?? ''))
    })

    it('continues behind the old name of a file that was renamed meanwhile', async () => {
      const page = await list({ sort: 'filename', limit: '2', search: '_000' })
      const last = page.files.at(-1)
      await client.send('PATCH', `/files/${last?.id}`, { body: { filename: 'zzz_0004.txt' } })
      const rest = await listAll({ sort: 'filename', search: '_000', after: page.next_cursor ?? '' })
      assert.deepEqual(rest, ['img_0002.txt', 'img_0003.txt', 'zzz_0004.txt'])
      await client.send('PATCH', `/files/${last?.id}`, { body: { filename: 'IMG_0004.txt' } })
    })

    it('has a total in the order of upload only', async () => {
      assert.equal((await list({ order: 'asc' })).total, 8)
      assert.equal((await list({ sort: 'file_size' })).total, null)
    })

    it('finds files by name before and after their indexing', async () => {
      const { id } = await uploadTo('', 'waiting-file.txt')
      const find = async () => (await list({ search: 'waiting-f' })).files.map((file) => file.id)
      assert.deepEqual(await find(), [id])
      while ((await server.context.database.files.indexForSearch(100)) > 0);
      assert.deepEqual(await find(), [id])
      await client.del(`/files/${id}`)
      assert.deepEqual(await find(), [])
    })

    for (const [field, query] of [
      ['search', { search: 'ab' }],
      ['mime_type', { mime_type: 'image' }],
      ['mime_type', { mime_type: '*/*' }],
      ['path', { path: 'a//b' }],
      ['uploaded_after', { uploaded_after: 'yesterday' }],
      ['uploaded_before', { uploaded_before: '2026-02-30T00:00:00Z' }],
      ['page', { search: 'abc', page: '0' }],
      ['page', { search: 'abc', page: '1001', limit: '1' }],
      ['page', { sort: 'file_size', page: '21' }],
      ['sort', { sort: 'name' }],
      ['order', { order: 'up' }],
      ['delimiter', { delimiter: '-' }],
      ['after', { search: 'abc', after: 'nonsense cursor' }],
      ['after', { sort: 'file_size', after: 'file_1.name.YQ' }],
      ['after', { sort: 'file_size', after: 'file_1.size.YQ' }],
      ['after', { path: 'photos', delimiter: '/', after: 'docs/' }],
      ['after', { search: 'abc', after: 'file_unknown' }],
    ] as const) {
      it(`refuses ${new URLSearchParams(query)}`, async () => {
        assertFieldError(await client.get(`/files?${new URLSearchParams(query)}`), field)
      })
    }

    it('shows nothing of another organization', async () => {
      const other = createClient(server, await server.addOrganization(createId('org')))
      for (const query of [
        { search: 'img' },
        { delimiter: '/' },
        { mime_type: 'text/*' },
        { sort: 'filename' },
      ]) {
        const page = await list(query, other)
        assert.deepEqual([page.files, page.folders ?? []], [[], []])
      }
    })
  })
})
