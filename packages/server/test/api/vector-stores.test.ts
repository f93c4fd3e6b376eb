import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { BAD_FILE_IDS, BAD_STORE_FIELDS } from './bad-vector-store-fields.ts'
import { type Client, createClient, textFile } from './client.ts'
import { assertEnvelope, assertError, assertFieldError, assertRefused, errorOf, ISO_UTC } from './envelope.ts'
import { json } from './exchange.ts'
import { MALFORMED_ID_STATUSES, MALFORMED_IDS } from './strange-ids.ts'
import { addText, createStore, dataOf, type StoreFileList, type StoreObject } from './vector-store-bodies.ts'

interface StoreList {
  readonly data: readonly StoreObject[]
  readonly total: number
  readonly has_more: boolean
  readonly next_cursor: string | null
}

interface Usage {
  readonly total_size_bytes: number
  readonly total_size_mb: number
  readonly total_files: number
  readonly vector_store_count: number
  readonly vector_stores: readonly {
    readonly id: string
    readonly name: string
    readonly file_count: number
    readonly size_bytes: number
    readonly size_mb: number
  }[]
}

const UNKNOWN_STORE = `vs_${'0'.repeat(32)}`
const NO_FILES = { in_progress: 0, completed: 0, failed: 0, cancelled: 0, total: 0 }

describe('vector stores', () => {
  let server: TestApp
  let client: Client
  let organizations = 0

  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  /** Returns a client of a new organization, whose lists are empty. */
  const newClient = async () =>
    createClient(server, await server.addOrganization(`org_stores${++organizations}`))

  /** Returns a client with another key of the same organization. */
  async function withKey(owner: Client, scopes?: readonly string[]): Promise<Client> {
    const made = json<{ key: string }>(await owner.post('/api-keys', { key_name: 'Another', scopes }))
    return createClient(server, { organizationId: owner.organizationId, apiKey: made.key })
  }

  const read = async (id: string, as = client) => dataOf<StoreObject>(await as.get(`/vector-stores/${id}`))
  const change = async (id: string, body: object) =>
    dataOf<StoreObject>(await client.send('PATCH', `/vector-stores/${id}`, { body }))
  async function list(as: Client, query = ''): Promise<StoreList> {
    const answer = await as.get(`/vector-stores${query}`)
    dataOf(answer)
    return json<StoreList>(answer)
  }
  const namesIn = ({ data }: StoreList) => data.map(({ name }) => name)

  describe('POST /vector-stores', () => {
    it('creates a store with every field', async () => {
      const store = await createStore(client, { name: 'Contracts' })
      const { id, created_by, created_at, updated_at, last_active_at, ...rest } = store
      assert.match(id, /^vs_[0-9a-f]{32}$/)
      assert.match(created_by, /^ak_[0-9a-f]{32}$/)
      for (const time of [created_at, updated_at, last_active_at]) assert.match(time, ISO_UTC)
      assert.deepEqual(rest, {
        object: 'vector_store',
        name: 'Contracts',
        description: null,
        organization_id: server.organizationId,
        is_active: true,
        status: 'active',
        access_mode: 'organization',
        access_departments: [],
        access_users: [],
        file_count: 0,
        data_size: 0,
        total_size_bytes: 0,
        usage_bytes: 0,
        file_counts: NO_FILES,
        metadata: {},
        expires_after: null,
        expires_at: null,
      })
      assert.deepEqual(await read(id), store)
    })

    it('keeps what it is given, up to the limits', async () => {
      const given = {
        name: '😀'.repeat(255),
        description: 'd'.repeat(1024),
        access_mode: 'private',
        metadata: Object.fromEntries(
          Array.from({ length: 16 }, (_, index) => [`${index}`.padEnd(64, 'k'), 'v'.repeat(512)]),
        ),
        expires_after: { anchor: 'last_active_at', days: 365 },
      }
      const store = await createStore(client, { ...given, access_departments: [], access_users: [] })
      const { name, description, access_mode, metadata, expires_after } = await read(store.id)
      assert.deepEqual({ name, description, access_mode, metadata, expires_after }, given)
      const lifeMs = Date.parse(store.expires_at ?? '') - Date.parse(store.last_active_at)
      assert.equal(lifeMs, 365 * 24 * 60 * 60 * 1000)
    })

    it('takes null for every optional field, and ignores unknown ones', async () => {
      const store = await createStore(client, {
        ...{ name: 'Nulls', description: null, access_mode: null, access_departments: null },
        ...{ access_users: null, metadata: null, expires_after: null, file_ids: null, colour: 'red' },
      })
      assert.deepEqual(
        [store.access_mode, store.metadata, store.expires_after, store.file_count],
        ['organization', {}, null, 0],
      )
    })

    it('adds files, of which one that does not exist fails alone', async () => {
      const { id: fileId } = await client.uploadFile(textFile())
      const openAiId = fileId.replace('file_', 'file-')
      const store = await createStore(client, { name: 'Files', file_ids: [openAiId, 'file_unknown'] })
      assert.equal(store.file_count, 2)
      const { files } = dataOf<StoreFileList>(await client.get(`/vector-stores/${store.id}/files`))
      const missing = files.find(({ file_id }) => file_id === 'file_unknown')
      assert.ok(files.some(({ file_id }) => file_id === fileId))
      assert.deepEqual([missing?.processing_status, missing?.error_code], ['failed', 'invalid_file'])
    })

    describe('refuses', () => {
      it('a store without a name', async () =>
        assertFieldError(await client.post('/vector-stores', {}), 'name'))
      for (const [field, values] of Object.entries({ ...BAD_STORE_FIELDS, file_ids: BAD_FILE_IDS })) {
        for (const [title, value] of values) {
          it(`${field}: ${title}`, async () => {
            assertBadField(await client.post('/vector-stores', { name: 'Bad', [field]: value }), field)
          })
        }
      }

      it('a body that is no object', async () => {
        for (const body of ['[]', '"a"', '5', 'null']) {
          assertError(await client.send('POST', '/vector-stores', { body }), 422, 'VALIDATION_ERROR')
        }
        assertError(await client.send('POST', '/vector-stores', { body: '{' }), 400, 'INVALID_JSON')
      })
    })
  })

  describe('GET /vector-stores', () => {
    let owner: Client
    before(async () => {
      owner = await newClient()
      const stores = [
        { name: 'Alpha', description: 'First 100%' },
        { name: 'beta', description: null },
        { name: 'Gamma_1' },
        { name: 'Gamma21', access_mode: 'public' },
        { name: 'back\\slash', access_mode: 'private' },
      ]
      for (const store of stores) await createStore(owner, store)
    })

    it('is an array, newest first', async () => {
      const page = await list(owner)
      assert.deepEqual(namesIn(page), ['back\\slash', 'Gamma21', 'Gamma_1', 'beta', 'Alpha'])
      assert.deepEqual([page.total, page.has_more, page.next_cursor], [5, false, null])
    })

    it('skips and takes', async () => {
      const page = await list(owner, '?skip=1&take=2')
      assert.deepEqual(namesIn(page), ['Gamma21', 'Gamma_1'])
      assert.deepEqual([page.total, page.has_more], [5, true])
      assert.deepEqual(namesIn(await list(owner, '?skip=100')), [])
    })

    for (const order of ['desc', 'asc']) {
      it(`lists every store once by cursor, ${order}`, async () => {
        const all = namesIn(await list(owner, `?order=${order}`))
        const names: string[] = []
        for (let after = ''; ; ) {
          const page = await list(owner, `?order=${order}&take=2${after}`)
          names.push(...namesIn(page))
          if (page.next_cursor === null) break
          after = `&after=${page.next_cursor}`
        }
        assert.deepEqual(names, all)
      })
    }

    it('continues after a store that is deleted meanwhile', async () => {
      const other = await newClient()
      for (const name of ['1', '2', '3']) await createStore(other, { name })
      const { next_cursor } = await list(other, '?take=2')
      await other.del(`/vector-stores/${next_cursor}`)
      assert.deepEqual(namesIn(await list(other, `?after=${next_cursor}`)), ['1'])
    })

    it('sorts by name', async () => {
      const names = namesIn(await list(owner, '?sort=name&order=asc'))
      assert.deepEqual(names.toSorted(), namesIn(await list(owner)).toSorted())
      assert.equal((await list(owner, '?sort=name&take=1')).next_cursor, null)
    })

    for (const sort of ['updated_at', 'data_size', 'file_count']) {
      it(`sorts by ${sort}, in both directions`, async () => {
        const other = await newClient()
        const stores = []
        for (const name of ['1', '2', '3']) stores.push(await createStore(other, { name }))
        for (const [index, { id }] of stores.entries()) {
          for (let file = 0; file <= index; file++) await addText(other, id, 'a'.repeat(10))
        }
        assert.deepEqual(namesIn(await list(other, `?sort=${sort}`)), ['3', '2', '1'])
        assert.deepEqual(namesIn(await list(other, `?sort=${sort}&order=asc`)), ['1', '2', '3'])
      })
    }

    for (const [search, names] of [
      ['ALPHA', ['Alpha']],
      ['first', ['Alpha']],
      ['a', ['back\\slash', 'Gamma21', 'Gamma_1', 'beta', 'Alpha']],
      ['%25', ['Alpha']],
      ['Gamma_1', ['Gamma_1']],
      ['a_', ['Gamma_1']],
      ['%5C', ['back\\slash']],
      ['nothing', []],
    ] as const) {
      it(`searches ${search} as plain text`, async () => {
        assert.deepEqual(namesIn(await list(owner, `?search=${search}`)), names)
      })
    }

    it('filters by access mode', async () => {
      assert.deepEqual(namesIn(await list(owner, '?access_mode=public')), ['Gamma21'])
      assert.deepEqual(namesIn(await list(owner, '?access_mode=private')), ['back\\slash'])
    })

    for (const [query, field] of [
      ['take=0', 'take'],
      ['take=101', 'take'],
      ['take=x', 'take'],
      ['take=1.5', 'take'],
      ['take=', 'take'],
      ['skip=-1', 'skip'],
      ['skip=x', 'skip'],
      ['skip=10001', 'skip'],
      ['sort=size', 'sort'],
      ['order=up', 'order'],
      ['access_mode=secret', 'access_mode'],
      [`search=${'a'.repeat(1025)}`, 'search'],
      ['search=%00', 'search'],
      ['after=vs_unknown', 'after'],
      ['after=', 'after'],
      [`after=${UNKNOWN_STORE}&sort=name`, 'after'],
    ] as const) {
      it(`refuses ${query.slice(0, 40)}`, async () => {
        assertFieldError(await client.get(`/vector-stores?${query}`), field)
      })
    }
  })

  describe('GET /vector-stores/usage', () => {
    it('sums the sizes of the stores', async () => {
      const owner = await newClient()
      const { id } = await createStore(owner, { name: 'Large' })
      await createStore(owner, { name: 'Empty' })
      await addText(owner, id, 'a'.repeat(1_000_000))
      await addText(owner, id, 'b'.repeat(100_000))
      const usage = dataOf<Usage>(await owner.get('/vector-stores/usage'))
      const { vector_stores, ...sums } = usage
      assert.deepEqual(sums, {
        total_size_bytes: 1_100_000,
        total_size_mb: 1.05,
        total_files: 2,
        vector_store_count: 2,
      })
      const [first, second] = vector_stores
      assert.deepEqual([first?.id, first?.name, first?.file_count], [id, 'Large', 2])
      assert.deepEqual([first?.size_bytes, first?.size_mb], [1_100_000, 1.05])
      assert.deepEqual([second?.name, second?.file_count, second?.size_mb], ['Empty', 0, 0])
    })
  })

  describe('PATCH /vector-stores/{vs}', () => {
    const FIELDS = {
      name: 'Before',
      description: 'Before',
      metadata: { a: '1' },
      expires_after: { anchor: 'last_active_at', days: 7 },
    }

    it('changes nothing with an empty body', async () => {
      const { id } = await createStore(client, FIELDS)
      const store = await read(id)
      assert.deepEqual(await change(id, {}), store)
      assert.deepEqual(await read(id), store)
    })

    for (const [field, value] of Object.entries({
      name: 'After',
      description: 'After',
      metadata: { b: '2' },
      expires_after: { anchor: 'last_active_at', days: 1 },
      access_mode: 'private',
    })) {
      it(`changes ${field} alone`, async () => {
        const { updated_at: _, ...store } = await createStore(client, FIELDS)
        const { updated_at: __, ...changed } = await change(store.id, { [field]: value })
        const times = { expires_at: changed.expires_at, last_active_at: changed.last_active_at }
        assert.deepEqual(changed, { ...store, ...times, [field]: value })
      })
    }

    it('clears with null', async () => {
      const store = await createStore(client, FIELDS)
      const nulls = { description: null, metadata: null, expires_after: null, access_users: null }
      const changed = await change(store.id, nulls)
      assert.deepEqual([changed.description, changed.metadata, changed.expires_after], [null, {}, null])
      assert.equal(changed.expires_at, null)
      assert.equal(changed.name, FIELDS.name)
    })

    it('refuses every change of an expired store', async () => {
      const expires_after = { anchor: 'last_active_at', days: 1 }
      const { id } = await createStore(client, { name: 'Old', expires_after })
      const { file_id } = await addText(client, (await createStore(client)).id)
      await server.context.database.vectorStores.indexing.expireStores(Date.now() + 25 * 3_600_000, 100)
      const path = `/vector-stores/${id}`
      for (const answer of [
        await client.send('PATCH', path, { body: { expires_after: null } }),
        await client.post(`${path}/files`, { file_id }),
        await client.post(`${path}/search`, { query: 'a' }),
        await client.post('/vector-stores/search', { query: 'a', vector_store_ids: [id] }),
      ])
        assertError(answer, 410, 'VECTOR_STORE_EXPIRED')
      const { is_active, status } = await read(id)
      assert.deepEqual([is_active, status], [false, 'expired'])
    })

    describe('refuses', () => {
      for (const [field, values] of Object.entries(BAD_STORE_FIELDS)) {
        for (const [title, value] of [
          ...values,
          ...(field === 'access_mode' ? [['null', null] as const] : []),
        ]) {
          it(`${field}: ${title}`, async () => {
            const path = `/vector-stores/${UNKNOWN_STORE}`
            assertBadField(await client.send('PATCH', path, { body: { [field]: value } }), field)
          })
        }
      }
    })
  })

  describe('DELETE /vector-stores/{vs}', () => {
    it('deletes the store, and its Files stay', async () => {
      const { id } = await createStore(client)
      const { file_id } = await addText(client, id)
      const answer = await client.del(`/vector-stores/${id}`)
      assert.equal(answer.status, 204)
      assert.equal(answer.bytes.length, 0)
      assertError(await client.get(`/vector-stores/${id}`), 404, 'VECTOR_STORE_NOT_FOUND')
      assertError(await client.del(`/vector-stores/${id}`), 404, 'VECTOR_STORE_NOT_FOUND')
      assert.equal((await client.get(`/files/${file_id}`)).status, 200)
    })
  })

  describe('a private store', () => {
    /** Client with the first key of the organization, which has the scope `admin`. */
    let admin: Client
    let owner: Client
    let storeId: string
    let fileId: string
    before(async () => {
      admin = await newClient()
      owner = await withKey(admin)
      const store = await createStore(owner, { name: 'Private', access_mode: 'private' })
      storeId = store.id
      fileId = (await addText(owner, storeId)).file_id
    })

    it('is there for its creator and for admins', async () => {
      for (const one of [owner, admin]) {
        assert.equal((await read(storeId, one)).access_mode, 'private')
        assert.deepEqual(namesIn(await list(one)), ['Private'])
      }
    })

    it('does not exist for another key', async () => {
      const other = await withKey(admin)
      const { data, total } = await list(other)
      assert.deepEqual([data, total], [[], 0])
      assert.equal(dataOf<Usage>(await other.get('/vector-stores/usage')).vector_store_count, 0)
      const path = `/vector-stores/${storeId}`
      const search = { query: 'note' }
      for (const answer of [
        await other.get(path),
        await other.send('PATCH', path, { body: { access_mode: 'public' } }),
        await other.del(path),
        await other.get(`${path}/files`),
        await other.post(`${path}/files`, { file_id: fileId }),
        await other.get(`${path}/files/${fileId}`),
        await other.get(`${path}/files/${fileId}/status`),
        await other.get(`${path}/files/${fileId}/logs`),
        await other.post(`${path}/files/${fileId}/retry`, {}),
        await other.send('PATCH', `${path}/files/${fileId}`, { body: { attributes: {} } }),
        await other.del(`${path}/files/${fileId}`),
        await other.post(`${path}/search`, search),
        await other.post('/vector-stores/search', { ...search, vector_store_ids: [storeId] }),
      ]) {
        assertError(answer, 404, 'VECTOR_STORE_NOT_FOUND')
      }
      assertFieldError(await other.get(`/vector-stores?after=${storeId}`), 'after')
      assert.equal((await read(storeId, owner)).file_count, 1)
    })
  })

  describe('scopes', () => {
    const WRITES = [
      ['POST', '/vector-stores'],
      ['PATCH', `/vector-stores/${UNKNOWN_STORE}`],
      ['DELETE', `/vector-stores/${UNKNOWN_STORE}`],
      ['POST', `/vector-stores/${UNKNOWN_STORE}/files`],
      ['PATCH', `/vector-stores/${UNKNOWN_STORE}/files/file_1`],
      ['POST', `/vector-stores/${UNKNOWN_STORE}/files/file_1/retry`],
      ['DELETE', `/vector-stores/${UNKNOWN_STORE}/files/file_1`],
    ] as const
    const READS = [
      ['GET', '/vector-stores'],
      ['GET', '/vector-stores/usage'],
      ['GET', `/vector-stores/${UNKNOWN_STORE}`],
      ['GET', `/vector-stores/${UNKNOWN_STORE}/files`],
      ['GET', `/vector-stores/${UNKNOWN_STORE}/files/file_1`],
      ['GET', `/vector-stores/${UNKNOWN_STORE}/files/file_1/status`],
      ['GET', `/vector-stores/${UNKNOWN_STORE}/files/file_1/logs`],
      ['POST', `/vector-stores/${UNKNOWN_STORE}/search`],
      ['POST', '/vector-stores/search'],
    ] as const
    for (const [missing, requests] of [
      ['vector_stores:write', WRITES],
      ['vector_stores:read', READS],
    ] as const) {
      it(`are checked before the body: ${missing} is needed`, async () => {
        const others = ['files:read', 'files:write', 'vector_stores:read', 'vector_stores:write']
        const other = await withKey(
          client,
          others.filter((scope) => scope !== missing),
        )
        for (const [method, path] of requests) {
          const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{' }
          const answer = await other.send(method, path, body)
          assertError(answer, 403, 'INSUFFICIENT_PERMISSIONS')
        }
      })
    }

    it('to add a file are vector_stores:write and files:read', async () => {
      const { id } = await createStore(client)
      const file = await client.uploadFile(textFile())
      const other = await withKey(client, ['vector_stores:write'])
      const answer = await other.post(`/vector-stores/${id}/files`, { file_id: file.id })
      assertError(answer, 403, 'INSUFFICIENT_PERMISSIONS')
    })
  })

  describe('an unknown store', () => {
    it('is 404', async () => {
      for (const id of [UNKNOWN_STORE, 'vs_123', `vs_${'a'.repeat(64)}`]) {
        assertError(await client.get(`/vector-stores/${id}`), 404, 'VECTOR_STORE_NOT_FOUND')
      }
    })

    it('with a malformed id is refused', async () => {
      for (const id of MALFORMED_IDS) {
        assertRefused(await client.get(`/vector-stores/${id}`), MALFORMED_ID_STATUSES)
        assertRefused(await client.del(`/vector-stores/${id}`), MALFORMED_ID_STATUSES)
      }
    })
  })

  it('other methods are 405 with Allow', async () => {
    const answer = await client.send('PUT', `/vector-stores/${UNKNOWN_STORE}`)
    assertError(answer, 405, 'METHOD_NOT_ALLOWED')
    assert.match(String(answer.headers.allow), /GET.*PATCH|PATCH.*GET/)
  })

  for (const path of [
    '/knowledge/stores',
    '/stores/vs_1/files/upload',
    '/vector-stores/vs_1/files/upload/x',
  ]) {
    it(`${path} is an unknown URL`, async () => {
      assertError(await client.get(path), 404, 'NOT_FOUND')
    })
  }
})

/** Asserts a refusal of the field, or of a part of it. */
function assertBadField(answer: Parameters<typeof assertError>[0], field: string): void {
  assertError(answer, 422, 'VALIDATION_ERROR')
  assertEnvelope(answer)
  const { details } = errorOf(answer)
  assert.equal(String(details.field).split(/[.[]/, 1)[0], field)
  assert.ok('value' in details, 'details.value is missing')
}
