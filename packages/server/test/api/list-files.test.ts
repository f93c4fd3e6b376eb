import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, type FileObject, textFile } from './client.ts'
import { assertFieldError, assertRefused, errorOf } from './envelope.ts'
import { json } from './exchange.ts'
import { BAD_PAGE_QUERIES, STRANGE_QUERIES } from './page-queries.ts'

interface FileList {
  readonly files: readonly FileObject[]
  readonly total: number
  readonly page: number
  readonly limit: number
  readonly has_more: boolean
  readonly next_cursor?: string | null
}

const FILE_COUNT = 7

describe('GET /files', () => {
  let server: TestApp
  let client: Client
  let uploaded: readonly FileObject[]

  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  async function list(query = ''): Promise<FileList> {
    const answer = await client.get(`/files${query}`)
    assert.equal(answer.status, 200, answer.bytes.toString())
    return json<FileList>(answer)
  }
  const ids = (files: readonly FileObject[]) => files.map((file) => file.id)

  /** Follows next_cursor to the end; `between` runs after each page. */
  async function walk(limit: number, between = async (_page: FileList) => {}): Promise<FileList[]> {
    const pages: FileList[] = []
    let cursor: string | null | undefined = ''
    do {
      const page: FileList = await list(`?limit=${limit}${cursor && `&after=${cursor}`}`)
      pages.push(page)
      assert.ok(pages.length <= 50, 'the cursor never comes to an end')
      await between(page)
      cursor = page.next_cursor
      assert.equal(typeof cursor === 'string', page.has_more)
    } while (cursor)
    return pages
  }

  describe('of an organization without files', () => {
    it('is an empty first page', async () => {
      const { next_cursor, ...page } = await list()
      assert.deepEqual(page, { files: [], total: 0, page: 1, limit: 50, has_more: false })
      assert.equal(next_cursor ?? null, null)
    })

    it('does not contain sessions and unregistered objects', async () => {
      await client.startUpload(textFile())
      await client.storeObject(textFile())
      assert.equal((await list()).total, 0)
    })
  })

  describe('of an organization with files', () => {
    before(async () => {
      // Registers in another order than the sessions were opened.
      const uploads = []
      for (let index = 0; index < FILE_COUNT; index++) {
        uploads.push(await client.storeObject(textFile(`${index}.txt`)))
      }
      const files: FileObject[] = []
      for (const index of [3, 0, 6, 1, 5, 2, 4]) {
        files.push(json<FileObject>(await client.register(uploads[index]?.register)))
      }
      uploaded = files
    })

    it('contains every file with all its fields', async () => {
      const { files, total } = await list()
      assert.equal(total, FILE_COUNT)
      for (const file of uploaded) {
        assert.deepEqual(
          files.find(({ id }) => id === file.id),
          file,
        )
      }
    })

    it('is sorted newest first, ties by id', async () => {
      const { files } = await list()
      const directions = new Set<number>()
      for (const [index, file] of files.entries()) {
        const next = files[index + 1]
        if (!next) continue
        assert.ok(file.uploaded_at >= next.uploaded_at, `${file.uploaded_at} before ${next.uploaded_at}`)
        if (file.uploaded_at === next.uploaded_at) directions.add(Math.sign(file.id < next.id ? -1 : 1))
      }
      assert.ok(directions.size <= 1, 'files of one time are in no order')
    })

    for (const limit of [1, 3, 6, 7, 8, 100]) {
      it(`can be read in pages of ${limit}`, async () => {
        const all = ids((await list()).files)
        const pageCount = Math.ceil(FILE_COUNT / limit)
        const seen: string[] = []
        for (let number = 1; number <= pageCount; number++) {
          const { files, next_cursor, ...page } = await list(`?page=${number}&limit=${limit}`)
          const has_more = number < pageCount
          assert.deepEqual(page, { total: FILE_COUNT, page: number, limit, has_more })
          seen.push(...ids(files))
        }
        assert.deepEqual(seen, all)
      })

      it(`can be read by cursor, ${limit} at a time`, async () => {
        const pages = await walk(limit)
        assert.deepEqual(
          pages.flatMap((page) => ids(page.files)),
          ids((await list()).files),
        )
        for (const page of pages) {
          assert.equal(page.total, FILE_COUNT)
          assert.equal(page.limit, limit)
        }
      })
    }

    it('is empty after its last page', async () => {
      const page = await list('?page=9&limit=3')
      assert.deepEqual(page.files, [])
      assert.equal(page.has_more, false)
      assert.equal(page.total, FILE_COUNT)
    })

    it('by cursor does not shift when a file is added meanwhile', async () => {
      const before = ids((await list()).files)
      const pages = await walk(3, async ({ has_more }) => {
        if (has_more) await client.uploadFile(textFile('meanwhile.txt'))
      })
      assert.deepEqual(
        pages.flatMap((page) => ids(page.files)),
        before,
      )
    })

    it('by cursor skips nothing when a file is deleted meanwhile', async () => {
      const before = ids((await list()).files)
      const first = await list('?limit=3')
      await client.del(`/files/${first.files[0]?.id}`)
      const rest = await list(`?limit=100&after=${first.next_cursor}`)
      assert.deepEqual(ids(rest.files), before.slice(3))
    })

    it('by cursor continues after a file that is deleted meanwhile', async () => {
      const before = ids((await list()).files)
      const first = await list('?limit=2')
      await client.del(`/files/${first.next_cursor}`)
      const rest = await list(`?limit=100&after=${first.next_cursor}`)
      assert.deepEqual(ids(rest.files), before.slice(2))
    })
  })

  describe('refuses an invalid query', () => {
    for (const [query, field] of BAD_PAGE_QUERIES) {
      it(query, async () => assertFieldError(await client.get(`/files?${query}`), field))
    }

    it('but not page=10000&limit=1, the deepest page', async () => {
      assert.deepEqual((await list('?page=10000&limit=1')).files, [])
      assert.deepEqual((await list('?page=100&limit=100')).files, [])
    })

    it('a page that is too deep, and refers to the cursor', async () => {
      const { system_message, details } = errorOf(await client.get('/files?page=101&limit=100'))
      assert.match(system_message, /next_cursor.*after/)
      assert.deepEqual(details, { field: 'page', value: 101 })
    })

    it('but not a page number beside a cursor, which it ignores', async () => {
      const { files } = await list('?limit=1')
      assert.equal((await client.get(`/files?page=1000000&limit=100&after=${files[0]?.id}`)).status, 200)
    })

    it('after=x', async () => assertFieldError(await client.get('/files?after=x'), 'after'))
  })

  describe('does not fail on a strange query', () => {
    for (const query of STRANGE_QUERIES) {
      it(query.slice(0, 60), async () => {
        assertRefused(await client.get(`/files?${query}`), [200, 400, 404, 422])
      })
    }
  })
})
