import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { eventually } from '../clients/eventually.ts'
import { startApp, type TestApp } from '../start-app.ts'
import type { BadValues } from './bad-fields.ts'
import { type Client, createClient, textFile } from './client.ts'
import { assertError, assertFieldError, assertRefused, errorOf, ISO_UTC } from './envelope.ts'
import { type Answer, json } from './exchange.ts'
import { MALFORMED_ID_STATUSES, MALFORMED_IDS } from './strange-ids.ts'

interface ApiKey {
  readonly id: string
  readonly key_prefix: string
  readonly organization_id: string
  readonly key_name: string
  readonly is_active: boolean
  readonly is_paused: boolean
  readonly scopes: readonly string[]
  readonly created_by: string | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly last_used_at: string | null
}

type IssuedKey = ApiKey & { readonly key: string }

type Rotated = IssuedKey & { success: boolean; message: string; old_key_id: string; new_key: object }

interface KeyList {
  readonly api_keys: readonly ApiKey[]
  readonly keys: readonly ApiKey[]
  readonly total: number
  readonly page: number
  readonly page_size: number
  readonly has_more: boolean
  readonly next_cursor: string | null
}

const SECRET = /^oak_live_[0-9A-Za-z]{43}$/
const DEFAULT_SCOPES = [
  ...['files:read', 'files:write', 'vector_stores:read', 'vector_stores:write', 'models:use'],
]
const NEXT_CENTURY = '2126-01-31T12:00:00.000Z'

const BAD_NAMES: BadValues = [
  ['null', null],
  ['empty', ''],
  ['a number', 5],
  ['an array', ['a']],
  ['256 characters', 'a'.repeat(256)],
  ['256 emoji', '😀'.repeat(256)],
  ['NUL', 'a\u0000'],
  ['a line feed', 'a\nb'],
  ['a command to a terminal', '\u001b[2J'],
  ['a lone surrogate', 'a\ud800'],
]

const BAD_SCOPES: BadValues = [
  ['none', []],
  ['a string', 'files:read'],
  ['an unknown one', ['files:delete']],
  ['a known one and an unknown one', ['files:read', 'files:delete']],
  ['all', ['*']],
  ['one in capitals', ['ADMIN']],
  ['an empty one', ['']],
  ['two in one', ['files:read files:write']],
  ['one twice', ['files:read', 'files:read']],
  ['a number', [5]],
  ['null inside', [null]],
  ['an object', { 0: 'files:read' }],
  ['10,000', Array.from({ length: 10_000 }, (_, index) => `files:${index}`)],
]

const BAD_EXPIRIES: BadValues = [
  ['empty', ''],
  ['a number', 4_923_374_400],
  ['a boolean', true],
  ['an object', {}],
  ['a word', 'tomorrow'],
  ['the past', '2020-01-01T00:00:00Z'],
  ['1970', '1970-01-01T00:00:00Z'],
  ['the year 0', '0000-01-01T00:00:00Z'],
  ['a date without a time', '2126-01-31'],
  ['30 February', '2126-02-30T12:00:00Z'],
  ['25 hours', '2126-01-31T25:00:00Z'],
  ['seconds since 1970 as text', '4923374400'],
  ['10,000 characters', `${'2126-01-31T12:00:00Z'.repeat(500)}`],
]

describe('API keys', () => {
  let server: TestApp
  let client: Client
  let others: Client

  before(async () => {
    server = await startApp()
    client = createClient(server)
    others = createClient(server, await server.addOrganization('org_other'))
  })
  after(() => server.stop())

  async function create(fields: Record<string, unknown> = {}, by = client): Promise<IssuedKey> {
    const answer = await by.post('/api-keys', { key_name: 'A key', ...fields })
    assert.equal(answer.status, 201, answer.bytes.toString())
    return json<IssuedKey>(answer)
  }
  async function get(id: string): Promise<ApiKey> {
    const answer = await client.get(`/api-keys/${id}`)
    assert.equal(answer.status, 200, answer.bytes.toString())
    return json<ApiKey>(answer)
  }
  async function list(query = '', by = client): Promise<KeyList> {
    const answer = await by.get(`/api-keys${query}`)
    assert.equal(answer.status, 200, answer.bytes.toString())
    return json<KeyList>(answer)
  }
  const patch = (id: string, body: unknown) => client.send('PATCH', `/api-keys/${id}`, { body })
  const act = (id: string, action: string, by = client) => by.send('POST', `/api-keys/${id}/${action}`)
  const using = (key: string, path = '/files') => client.get(path, { credentials: { 'x-api-key': key } })

  describe('POST /api-keys', () => {
    it('answers with the key, only this once, and all documented fields', async () => {
      const issued = await create({ key_name: '🙂 Schlüssel "1"' })
      assert.match(issued.id, /^ak_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
      assert.match(issued.key, SECRET)
      assert.match(issued.created_at, ISO_UTC)
      const { total } = await list()
      const first = (await list(`?page=${total}&page_size=1`)).api_keys[0]
      const { id, key, created_at, ...rest } = issued
      assert.deepEqual(rest, {
        key_prefix: key.slice(0, 13),
        organization_id: client.organizationId,
        key_name: '🙂 Schlüssel "1"',
        is_active: true,
        scopes: DEFAULT_SCOPES,
        created_by: first?.id,
        expires_at: null,
        is_paused: false,
        last_used_at: null,
      })
    })

    it('sets the requested scopes and expiry', async () => {
      const issued = await create({
        scopes: ['admin', 'files:read'],
        expires_at: '2126-01-31T13:00:00+01:00',
      })
      assert.deepEqual(new Set(issued.scopes), new Set(['admin', 'files:read']))
      assert.equal(issued.expires_at, NEXT_CENTURY)
    })

    it('creates a key that works at once, and another one each time', async () => {
      const keys = await Promise.all([create(), create(), create()])
      for (const { key } of keys) assert.equal((await using(key)).status, 200)
      assert.equal(new Set(keys.map(({ key }) => key)).size, 3)
    })

    it('accepts a name of 255 emoji', async () => {
      const key_name = '😀'.repeat(255)
      assert.equal((await create({ key_name })).key_name, key_name)
    })

    describe('refuses an invalid body and adds no key', () => {
      let total: number
      before(async () => {
        total = (await list()).total
      })

      const fields = {
        key_name: [['missing', undefined], ...BAD_NAMES],
        scopes: BAD_SCOPES,
        expires_at: BAD_EXPIRIES,
      } as const
      for (const [field, values] of Object.entries(fields)) {
        for (const [title, value] of values) {
          it(`${field}: ${title}`, async () => {
            const body = { key_name: 'A key', [field]: value }
            assertFieldError(await client.post('/api-keys', body), field)
          })
        }
      }

      for (const body of ['null', '[]', '"text"', '5', '{}']) {
        it(`a body of ${body}`, async () => {
          assertError(await client.post('/api-keys', body), 422, 'VALIDATION_ERROR')
        })
      }

      it('no body, and broken JSON', async () => {
        assertRefused(await client.send('POST', '/api-keys'), [400, 415, 422])
        assertError(await client.post('/api-keys', '{"key_name":'), 400, 'INVALID_JSON')
      })

      after(async () => assert.equal((await list()).total, total))
    })
  })

  describe('GET /api-keys', () => {
    it('lists in pages, newest first', async () => {
      while ((await list()).total < 7) await create()
      const all = await list('?page_size=100')
      assert.deepEqual({ page: all.page, page_size: all.page_size }, { page: 1, page_size: 100 })
      const ids = all.api_keys.map(({ id }) => id)
      assert.equal(all.total, ids.length)
      const times = all.api_keys.map(({ created_at }) => created_at)
      assert.deepEqual(times, times.toSorted().reverse())
      const paged: string[] = []
      for (let page = 1; page <= Math.ceil(all.total / 3); page++) {
        const { api_keys, keys, next_cursor, ...rest } = await list(`?page=${page}&page_size=3`)
        const has_more = page < Math.ceil(all.total / 3)
        assert.deepEqual(rest, { total: all.total, page, page_size: 3, has_more })
        assert.equal(next_cursor, has_more ? api_keys.at(-1)?.id : null)
        assert.deepEqual(keys, api_keys)
        paged.push(...api_keys.map(({ id }) => id))
      }
      assert.deepEqual(paged, ids)
      assert.deepEqual((await list('?page=10000&page_size=1')).api_keys, [])
      assert.equal((await list()).page_size, 50)
    })

    it('lists by cursor, which continues after a key that is deleted meanwhile', async () => {
      const ids = (await list('?page_size=100')).api_keys.map(({ id }) => id)
      const added = await create()
      const first = await list('?page_size=1')
      assert.equal(first.next_cursor, added.id)
      assert.ok((await client.del(`/api-keys/${added.id}`)).status < 300)
      const seen: string[] = []
      for (let cursor: string | null = first.next_cursor; cursor !== null; ) {
        const page = await list(`?page_size=3&after=${cursor}`)
        seen.push(...page.api_keys.map(({ id }) => id))
        cursor = page.next_cursor
      }
      assert.deepEqual(seen, ids)
    })

    it('shows the same as GET of each key, and no secret', async () => {
      const issued = await create()
      const text = (await client.get('/api-keys?page_size=100')).bytes.toString()
      assert.ok(!text.includes(issued.key) && !text.includes('"key"'))
      const listed = (await list()).api_keys.find(({ id }) => id === issued.id)
      assert.deepEqual(listed, await get(issued.id))
    })

    const badQueries: readonly (readonly [query: string, field: string])[] = [
      ...['0', '-1', '1.5', 'x', '0x10', 'null', '%00'].map((value) => [`page=${value}`, 'page'] as const),
      ...['page=101&page_size=100', 'page=1000000'].map((query) => [query, 'page'] as const),
      ...['after=x', 'after=%00'].map((query) => [query, 'after'] as const),
      ...['0', '-1', '101', '1.5', 'x', 'Infinity', '99999999999999999999'].map(
        (value) => [`page_size=${value}`, 'page_size'] as const,
      ),
    ]
    for (const [query, field] of badQueries) {
      it(`refuses ${query}`, async () => assertFieldError(await client.get(`/api-keys?${query}`), field))
    }

    it('does not fail on a strange query', async () => {
      for (const query of [
        'page=',
        'page=1&page=2',
        'page[]=1',
        'page_size=1e1',
        '%zz',
        '__proto__=1',
        'x=1',
      ]) {
        assertRefused(await client.get(`/api-keys?${query}`), [200, 400, 422])
      }
    })
  })

  describe('GET /api-keys/{id}', () => {
    it('shows the last use of the key', async () => {
      const { id, key } = await create()
      assert.equal((await get(id)).last_used_at, null)
      await using(key)
      assert.match(String((await get(id)).last_used_at), ISO_UTC)
    })

    it('has the fields of the first answer without the key', async () => {
      const { key, ...issued } = await create({ expires_at: NEXT_CENTURY })
      assert.deepEqual(await get(issued.id), issued)
    })
  })

  describe('PATCH /api-keys/{id}', () => {
    it('changes only the given fields', async () => {
      const { id, key } = await create()
      const before = await get(id)
      const changes = { key_name: 'Neu', scopes: ['files:read'], expires_at: NEXT_CENTURY }
      for (const [index, [field, value]] of Object.entries(changes).entries()) {
        const answer = await patch(id, { [field]: value })
        assert.equal(answer.status, 200, answer.bytes.toString())
        const changed = Object.fromEntries(Object.entries(changes).slice(0, index + 1))
        assert.deepEqual(json(answer), { ...before, ...changed })
      }
      assert.equal((await using(key)).status, 200)
      const unlimited = await patch(id, { expires_at: null })
      assert.equal(json<ApiKey>(unlimited).expires_at, null)
    })

    it('removes a scope from the next request on', async () => {
      const { id, key } = await create({ scopes: ['files:read', 'vector_stores:read'] })
      assert.equal((await using(key)).status, 200)
      await patch(id, { scopes: ['vector_stores:read'] })
      assertError(await using(key), 403, 'INSUFFICIENT_PERMISSIONS')
    })

    it('changes nothing else: not the id, the organization, the state or the secret', async () => {
      const { id, key } = await create()
      const before = await get(id)
      const hostile = {
        ...{ id: 'ak_1', organization_id: others.organizationId, state: 'deactivated', is_active: false },
        ...{ key: 'oak_live_x', secret_sha256: 'x', key_prefix: 'x', created_by: 'x', last_used_at: null },
      }
      assert.equal((await patch(id, { ...hostile, key_name: before.key_name })).status, 200)
      assert.deepEqual(await get(id), before)
      assert.equal((await using(key)).status, 200)
    })

    describe('refuses an invalid body and changes nothing', () => {
      let id: string
      let unchanged: ApiKey
      before(async () => {
        id = (await create()).id
        unchanged = await get(id)
      })

      const fields = { key_name: BAD_NAMES, scopes: BAD_SCOPES, expires_at: BAD_EXPIRIES } as const
      for (const [field, values] of Object.entries(fields)) {
        for (const [title, value] of values) {
          it(`${field}: ${title}`, async () => {
            assertFieldError(await patch(id, { [field]: value }), field)
          })
        }
      }

      for (const body of ['null', '[]', '"text"', '5', '{}']) {
        it(`a body of ${body}`, async () => {
          assertError(await patch(id, body), 422, 'VALIDATION_ERROR')
        })
      }

      after(async () => assert.deepEqual(await get(id), unchanged))
    })
  })

  describe('the state of a key', () => {
    let issued: IssuedKey
    beforeEach(async () => {
      issued = await create()
    })

    const steps: readonly [action: string, isActive: boolean, isPaused: boolean, code: string | null][] = [
      ['pause', true, true, 'API_KEY_PAUSED'],
      ['pause', true, true, 'API_KEY_PAUSED'],
      ['unpause', true, false, null],
      ['unpause', true, false, null],
      ['pause', true, true, 'API_KEY_PAUSED'],
      ['activate', true, false, null],
      ['deactivate', false, false, 'API_KEY_DEACTIVATED'],
      ['deactivate', false, false, 'API_KEY_DEACTIVATED'],
      ['pause', false, false, 'API_KEY_DEACTIVATED'],
      ['unpause', false, false, 'API_KEY_DEACTIVATED'],
      ['activate', true, false, null],
    ]
    it('changes with each action, and with it the permissions of the key', async () => {
      for (const [action, is_active, is_paused, code] of steps) {
        const answer = await act(issued.id, action)
        assert.equal(answer.status, 200, answer.bytes.toString())
        const key = json<ApiKey>(answer)
        const { last_used_at } = key
        const { key: secret, ...fields } = issued
        const state = !is_active ? 'deactivated' : is_paused ? 'paused' : 'active'
        const created = action === 'deactivate' ? { created_keys: [], created_keys_total: 0 } : {}
        const done = { success: true, message: `The key is ${state}.` }
        const changed = { is_active, is_paused, last_used_at, ...created }
        assert.deepEqual(key, { ...done, ...fields, ...changed }, action)
        const used = await using(secret)
        if (code === null) assert.equal(used.status, 200, action)
        else assertError(used, 401, code)
      }
    })

    it('changes with any JSON body', async () => {
      const headers = { 'content-type': 'application/json' }
      for (const body of ['', '{}', '{"note":"after a review"}', 'null', '[]']) {
        const answer = await client.send('POST', `/api-keys/${issued.id}/pause`, { body, headers })
        assert.equal(answer.status, 200, body)
      }
      const broken = await client.send('POST', `/api-keys/${issued.id}/activate`, { body: '{', headers })
      assertError(broken, 400, 'INVALID_JSON')
      assert.equal((await get(issued.id)).is_paused, true)
    })

    it('becomes expired when its time comes', async () => {
      const expires_at = new Date(Date.now() + 2000).toISOString()
      const { id, key } = await create({ expires_at })
      assert.equal((await using(key)).status, 200)
      // Not without a pause: a fast machine would reach the limit of requests before.
      const refused = await eventually('the key is refused', async () => {
        const answer = await using(key)
        return answer.status === 200 ? undefined : answer
      })
      assertError(refused, 401, 'API_KEY_EXPIRED')
      assert.ok(Date.now() >= Date.parse(expires_at))
      assert.equal((await patch(id, { expires_at: null })).status, 200)
      assert.equal((await using(key)).status, 200)
    })
  })

  describe('POST /api-keys/{id}/rotate', () => {
    it('replaces the secret and nothing else', async () => {
      const { key, ...issued } = await create()
      const answer = await act(issued.id, 'rotate')
      assert.equal(answer.status, 200)
      const { success, message, old_key_id, new_key, ...all } = json<Rotated>(answer)
      const { key: fresh, ...rotated } = all
      assert.deepEqual(
        { success, old_key_id, new_key },
        { success: true, old_key_id: issued.id, new_key: all },
      )
      assert.ok(message.length > 0)
      assert.match(fresh, SECRET)
      const key_prefix = fresh.slice(0, 13)
      assert.deepEqual(rotated, { ...issued, key_prefix })
      assertError(await using(key), 401, 'INVALID_API_KEY')
      assert.equal((await using(fresh)).status, 200)
    })

    it('leaves one valid secret after concurrent rotations', async () => {
      const { id } = await create()
      const answers = await Promise.all([1, 2, 3, 4].map(() => act(id, 'rotate')))
      const used = await Promise.all(answers.map((answer) => using(json<IssuedKey>(answer).key)))
      assert.equal(used.filter(({ status }) => status === 200).length, 1)
    })

    it('does not activate a paused key', async () => {
      const { id } = await create()
      await act(id, 'pause')
      const { key } = json<IssuedKey>(await act(id, 'rotate'))
      assertError(await using(key), 401, 'API_KEY_PAUSED')
    })
  })

  describe('DELETE /api-keys/{id}', () => {
    it('removes the key, and its secret is invalid from then on', async () => {
      const { id, key } = await create()
      const answer = await client.del(`/api-keys/${id}`)
      assert.equal(answer.status, 200)
      assert.deepEqual(json(answer), {
        success: true,
        message: 'The key is deleted.',
        created_keys: [],
        created_keys_total: 0,
      })
      assertError(await using(key), 401, 'INVALID_API_KEY')
      assertError(await client.get(`/api-keys/${id}`), 404, 'API_KEY_NOT_FOUND')
      assertError(await client.del(`/api-keys/${id}`), 404, 'API_KEY_NOT_FOUND')
    })

    it('keeps the files of the key, and still shows its id with them', async () => {
      const { id, key } = await create()
      const uploader = createClient(server, { organizationId: client.organizationId, apiKey: key })
      const file = await uploader.uploadFile(textFile())
      await client.del(`/api-keys/${id}`)
      const answer = await client.get(`/files/${file.id}`)
      assert.equal(json<{ uploaded_by_api_key_id: string }>(answer).uploaded_by_api_key_id, id)
    })

    it('answers one of many concurrent requests with 200', async () => {
      const { id } = await create()
      const answers = await Promise.all([1, 2, 3, 4].map(() => client.del(`/api-keys/${id}`)))
      const statuses = answers.map(({ status }) => status).sort()
      assert.deepEqual(statuses, [200, 404, 404, 404])
    })
  })

  describe('the last active admin key', () => {
    const takings: Record<string, (by: Client, id: string) => Promise<Answer>> = {
      'is not deleted': (by, id) => by.del(`/api-keys/${id}`),
      'is not paused': (by, id) => act(id, 'pause', by),
      'is not deactivated': (by, id) => act(id, 'deactivate', by),
      'keeps its scope': (by, id) =>
        by.send('PATCH', `/api-keys/${id}`, { body: { scopes: ['files:read'] } }),
    }
    for (const [title, take] of Object.entries(takings)) {
      it(`${title}, until there is another one`, async () => {
        const id = `org_last${Object.keys(takings).indexOf(title)}`
        const owner = createClient(server, await server.addOrganization(id))
        await create({}, owner)
        const { id: pausedId } = await create({ scopes: ['admin'] }, owner)
        await act(pausedId, 'pause', owner)
        const first = (await list('', owner)).api_keys.at(-1)
        assert.ok(first)
        assertError(await take(owner, first.id), 409, 'LAST_ADMIN_KEY')
        assert.equal((await owner.get('/files')).status, 200)
        const renamed = await owner.send('PATCH', `/api-keys/${first.id}`, { body: { key_name: 'First' } })
        assert.equal(renamed.status, 200)
        assert.equal((await act(first.id, 'activate', owner)).status, 200)

        const second = await create({ scopes: ['admin'] }, owner)
        const taking = [first, second].map(async ({ id }) => (await take(owner, id)).status)
        const statuses = await Promise.all(taking)
        const isTaken = (status: number) => status === 200
        const [taken, ...others] = statuses.filter(isTaken)
        assert.ok(taken !== undefined && others.length === 0, String(statuses))
        // When the requesting key was removed first, the other request may be refused because of that.
        assert.ok(
          statuses.every((status) => isTaken(status) || [401, 403, 409].includes(status)),
          String(statuses),
        )
        const successor = createClient(server, { organizationId: id, apiKey: second.key })
        const isFirstTaken = isTaken(Number(statuses[0]))
        assert.equal((await (isFirstTaken ? successor : owner).get('/api-keys')).status, 200)
      })
    }

    it('remains when two keys delete each other at once', async () => {
      const organization = await server.addOrganization('org_duel')
      const owner = createClient(server, organization)
      const [first] = (await list('', owner)).api_keys
      const second = await create({ scopes: ['admin'] }, owner)
      const rival = createClient(server, { ...organization, apiKey: second.key })
      const answers = await Promise.all([
        owner.del(`/api-keys/${second.id}`),
        rival.del(`/api-keys/${first?.id}`),
      ])
      assert.equal(answers.filter(({ status }) => status === 200).length, 1)
      const left = await Promise.all([owner.get('/api-keys'), rival.get('/api-keys')])
      assert.deepEqual(left.map(({ status }) => status).sort(), [200, 401])
    })
  })

  const endpoints: readonly [method: string, path: string][] = [
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ...['activate', 'deactivate', 'pause', 'unpause', 'rotate'].map((name) => ['POST', `/${name}`] as const),
  ].map(([method, path]) => [String(method), String(path)])
  const body = { key_name: 'Stolen' }

  for (const [method, path] of endpoints) {
    describe(`${method} /api-keys/{id}${path}`, () => {
      const send = (id: string, credentials?: Record<string, string>) =>
        client.send(method, `/api-keys/${id}${path}`, {
          ...(method === 'PATCH' ? { body } : {}),
          ...(credentials ? { credentials } : {}),
        })

      it('answers alike for an unknown key and for one of another organization, which is kept', async () => {
        const theirs = await create({}, others)
        const unknown = await send('ak_123')
        const foreign = await send(theirs.id)
        assertError(unknown, 404, 'API_KEY_NOT_FOUND')
        assertError(foreign, 404, 'API_KEY_NOT_FOUND')
        assert.equal(errorOf(foreign).system_message, errorOf(unknown).system_message)
        const credentials = { 'x-api-key': theirs.key }
        assert.equal((await others.get('/files', { credentials })).status, 200)
      })

      it('does not fail on a malformed id', async () => {
        const ids = MALFORMED_IDS.map((id) => id.replace('file', 'ak'))
        for (const id of [...ids, `ak_${'a'.repeat(5000)}`]) {
          // A dot or a slash can result in another path, which may support only other methods.
          assertRefused(await send(id), [...MALFORMED_ID_STATUSES, 405])
        }
      })

      it('needs the scope admin', async () => {
        const { id } = await create()
        const { key } = await create({ scopes: DEFAULT_SCOPES })
        assertError(await send(id, { 'x-api-key': key }), 403, 'INSUFFICIENT_PERMISSIONS')
        assert.equal((await get(id)).key_name, 'A key')
      })
    })
  }

  it('are listed and created with the scope admin only', async () => {
    const { key } = await create({ scopes: DEFAULT_SCOPES })
    const credentials = { 'x-api-key': key }
    const { total } = await list()
    assertError(await client.get('/api-keys', { credentials }), 403, 'INSUFFICIENT_PERMISSIONS')
    const made = await client.post('/api-keys', { key_name: 'More', scopes: ['admin'] }, { credentials })
    assertError(made, 403, 'INSUFFICIENT_PERMISSIONS')
    assert.equal((await list()).total, total)
  })

  describe('a scope', () => {
    const allowed: readonly [scopes: readonly string[], canRead: boolean, canWrite: boolean][] = [
      [['files:read'], true, false],
      [['files:write'], false, true],
      [['files:read', 'files:write'], true, true],
      [['vector_stores:read', 'vector_stores:write'], false, false],
      [['admin'], true, true],
    ]
    for (const [scopes, canRead, canWrite] of allowed) {
      it(`allows only its operations: ${scopes}`, async () => {
        const { key } = await create({ scopes })
        const credentials = { 'x-api-key': key }
        const read = await client.get('/files', { credentials })
        const upload = { filename: 'a.txt', file_size: 1, mime_type: 'text/plain' }
        const write = await client.post('/files/upload-url', upload, { credentials })
        assert.deepEqual([read.status, write.status], [canRead ? 200 : 403, canWrite ? 200 : 403])
      })
    }
  })
})
