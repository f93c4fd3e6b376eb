import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createClient } from '../api/client.ts'
import { assertError, assertFieldError } from '../api/envelope.ts'
import { json } from '../api/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type FixtureProvider, startFixtureProvider } from './fixture-provider.ts'
import { bearer, memberToken, meOf, userOf } from './sign-in.ts'

type User = ReturnType<typeof userOf>

/** Requests on a store, on each face. All answer 404 for a user who may not see it. */
const USES: readonly (readonly [method: string, path: string, body?: object])[] = [
  ['GET', '/vector-stores/STORE'],
  ['PATCH', '/vector-stores/STORE', { name: 'Taken' }],
  ['GET', '/vector-stores/STORE/files'],
  ['POST', '/vector-stores/STORE/files', { file_id: 'file_1' }],
  ['POST', '/vector-stores/STORE/search', { query: 'invoices' }],
  ['POST', '/vector-stores/search', { query: 'invoices', vector_store_ids: ['STORE'] }],
  ['DELETE', '/vector-stores/STORE'],
]

describe('access to vector stores', () => {
  let app: TestApp
  let provider: FixtureProvider
  const people: Record<string, { user: User; id: string; token: string }> = {}
  before(async () => {
    provider = await startFixtureProvider()
    app = await startApp({ env: provider.env })
    const rows = [
      ['creator', 'member', ['Sales']],
      ['colleague', 'member', ['Sales', 'Support']],
      ['reader', 'viewer', ['Support']],
      ['stranger', 'member', []],
      ['admin', 'admin', []],
    ] as const
    for (const [name, role, departments] of rows) {
      const token = await memberToken(app, provider, name, { role, departments })
      people[name] = { user: userOf(app, token), id: (await meOf(app, token)).user?.id ?? '', token }
    }
  })
  after(async () => {
    await app.stop()
    await provider.stop()
  })
  const person = (name: string) => people[name] ?? assert.fail(name)
  const create = async (access: object) => {
    const answer = await person('creator').user('POST', '/vector-stores', { name: 'Papers', ...access })
    assert.equal(answer.status, 201)
    return json<{ data: { id: string; created_by: string } }>(answer).data
  }
  const plainKey = async () => {
    const key = { key_name: 'Plain', scopes: ['vector_stores:read', 'vector_stores:write'] }
    const created = json<{ key: string }>(await createClient(app).post('/api-keys', key))
    return createClient(app, { ...app, apiKey: created.key })
  }
  const seenBy = async (storeId: string) => {
    const seen = []
    for (const [name, { user }] of Object.entries(people)) {
      const one = (await user('GET', `/vector-stores/${storeId}`)).status === 200
      const { data } = json<{ data: { id: string }[] }>(await user('GET', '/vector-stores?take=100'))
      assert.equal(
        data.some(({ id }) => id === storeId),
        one,
        `the list of ${name}`,
      )
      if (one) seen.push(name)
    }
    const key = await plainKey()
    if ((await key.get(`/vector-stores/${storeId}`)).status === 200) seen.push('key')
    return seen
  }

  const everybody = ['creator', 'colleague', 'reader', 'stranger', 'admin', 'key']
  const cases: readonly (readonly [name: string, access: () => object, seen: readonly string[]])[] = [
    ['of the organization', () => ({}), everybody],
    ['that is public', () => ({ access_mode: 'public' }), everybody],
    ['that is private', () => ({ access_mode: 'private' }), ['creator', 'admin']],
    [
      'for a user',
      () => ({ access_mode: 'private', access_users: [person('reader').id] }),
      ['creator', 'reader', 'admin'],
    ],
    [
      'for a department',
      () => ({ access_mode: 'department', access_departments: ['Support'] }),
      ['creator', 'colleague', 'reader', 'admin'],
    ],
  ]
  for (const [name, access, seen] of cases) {
    it(`shows a store ${name} to ${seen.join(', ')}`, async () => {
      const { id, created_by } = await create(access())
      assert.equal(created_by, person('creator').id)
      assert.deepEqual(await seenBy(id), seen)
    })
  }

  it('hides a store in every request on it', async () => {
    const { id } = await create({ access_mode: 'department', access_departments: ['Sales'] })
    const { user, token } = person('stranger')
    for (const [method, path, body] of USES) {
      const filled = body && JSON.parse(JSON.stringify(body).replace('STORE', id))
      assertError(await user(method, path.replace('STORE', id), filled), 404, 'VECTOR_STORE_NOT_FOUND')
    }
    const search = await fetch(`${app.url}/v1/vector_stores/${id}/search`, {
      method: 'POST',
      headers: { ...bearer(token), 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'invoices' }),
    })
    assert.equal(search.status, 404)
    assert.equal(
      (await person('colleague').user('POST', `/vector-stores/${id}/search`, { query: 'a' })).status,
      200,
    )
  })

  it('changes with the store and with the member', async () => {
    const { id } = await create({ access_mode: 'department', access_departments: ['Support'] })
    const patch = (body: object) => person('creator').user('PATCH', `/vector-stores/${id}`, body)
    type Access = { data: { access_mode: string; access_departments: string[]; access_users: string[] } }
    const users = [person('stranger').id]
    const changed = json<Access>(await patch({ access_mode: 'private', access_users: users })).data
    assert.deepEqual(
      [changed.access_mode, changed.access_departments, changed.access_users],
      ['private', [], users],
    )
    assert.deepEqual(await seenBy(id), ['creator', 'stranger', 'admin'])
    assertFieldError(await patch({ access_departments: ['Sales'] }), 'access_departments')
    assert.equal((await patch({ access_users: null })).status, 200)
    assert.deepEqual(await seenBy(id), ['creator', 'admin'])
  })

  const refused: readonly (readonly [name: string, access: object, field: string])[] = [
    [
      'departments of a private store',
      { access_mode: 'private', access_departments: ['Sales'] },
      'access_departments',
    ],
    ['a mode without its departments', { access_mode: 'department' }, 'access_departments'],
    [
      'a department that is no name',
      { access_mode: 'department', access_departments: [' a'] },
      'access_departments',
    ],
    ['users of a store of all', { access_users: ['usr_1'] }, 'access_users'],
    ['an unknown user', { access_mode: 'private', access_users: ['usr_1'] }, 'access_users'],
  ]
  for (const [name, access, field] of refused) {
    it(`refuses ${name}`, async () => {
      const answer = await person('creator').user('POST', '/vector-stores', { name: 'Papers', ...access })
      assertFieldError(answer, field)
    })
  }
})
