import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { deleteMember } from '../../src/operations/members/delete-member.ts'
import { suspendOrganization } from '../../src/operations/organizations/update-organization.ts'
import { createClient, textFile } from '../api/client.ts'
import { assertError, assertFieldError } from '../api/envelope.ts'
import { type Answer, json } from '../api/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'
import { type FixtureProvider, startFixtureProvider } from './fixture-provider.ts'
import { addAsOperator, bearer, claimsOf, type MemberObject, memberToken, meOf, userOf } from './sign-in.ts'

/** Sends the head of a request and half of its body. `finish` sends the rest, and returns the status. */
function holdBody(url: string, method: string, token: string, body: string) {
  const headers = { ...bearer(token), 'content-type': 'application/json', 'content-length': body.length }
  const outgoing = request(url, { method, headers, agent: false })
  outgoing.write(body.slice(0, 5))
  return {
    finish: async (): Promise<number | undefined> => {
      outgoing.end(body.slice(5))
      const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
      incoming.resume()
      return incoming.statusCode
    },
  }
}

/** Sends requests with the first key of the organization, as `userOf` sends those of a user. */
function asKeyOf(app: TestApp): ReturnType<typeof userOf> {
  const client = createClient(app)
  return (method, path, body) => client.send(method, path, body === undefined ? {} : { body })
}

describe('members of an organization', () => {
  let app: TestApp
  let provider: FixtureProvider
  let owner: ReturnType<typeof userOf>
  before(async () => {
    provider = await startFixtureProvider()
    app = await startApp({ env: provider.env })
    owner = userOf(app, await memberToken(app, provider, 'owner', { role: 'owner' }))
    await owner('GET', '')
  })
  after(async () => {
    await app.stop()
    await provider.stop()
  })

  const newUser = async (name: string, role: string) =>
    userOf(app, await memberToken(app, provider, name, { role }))
  const memberOf = async (email: string): Promise<MemberObject> => {
    const { members } = json<{ members: MemberObject[] }>(await owner('GET', '/members?limit=100'))
    return members.find((member) => member.email === email) ?? assert.fail(`${email} is no member`)
  }
  const eventsOf = async (type: string) => {
    const path = `/events?types=${type}&limit=100`
    return json<{ events: { data: MemberObject & { object: string } }[] }>(await owner('GET', path)).events
  }

  it('become members with the first sign-in with the invited address', async () => {
    const added = await owner('POST', '/members', { email: ' Grace@Example.com ', role: 'member' })
    assert.equal(added.status, 201)
    const invited = json<MemberObject>(added)
    assert.deepEqual(
      [invited.state, invited.user_id, invited.email, invited.role, invited.joined_at],
      ['invited', null, 'grace@example.com', 'member', null],
    )
    const { user, organizations } = await meOf(app, await provider.token(claimsOf('grace')))
    assert.deepEqual(organizations, [
      {
        ...{ id: app.organizationId, name: 'Test', role: 'member', departments: [] },
        scopes: ['files:read', 'files:write', 'vector_stores:read', 'vector_stores:write', 'models:use'],
      },
    ])
    const member = json<MemberObject>(await owner('GET', `/members/${invited.id}`))
    assert.deepEqual([member.state, member.user_id, member.name], ['active', user?.id ?? '', 'grace Example'])
    const [told] = (await eventsOf('member.added')).filter(({ data }) => data.id === invited.id)
    assert.deepEqual(
      [told?.data.object, told?.data.state, told?.data.email],
      ['member', 'active', 'grace@example.com'],
    )
  })

  it('join with a token that they already use', async () => {
    const token = await provider.token(claimsOf('early'))
    assert.deepEqual((await meOf(app, token)).organizations, [])
    await addAsOperator(app, { email: 'early@example.com' })
    assert.equal((await meOf(app, token)).organizations.length, 1)
  })

  it('are added by the id of a user who has signed in', async () => {
    const token = await provider.token(claimsOf('known'))
    const { user } = await meOf(app, token)
    const answer = await owner('POST', '/members', { user_id: user?.id, role: 'viewer' })
    assert.deepEqual([answer.status, json<MemberObject>(answer).state], [201, 'active'])
    assert.equal((await userOf(app, token)('GET', '/files')).status, 200)
    assertError(await owner('POST', '/members', { user_id: user?.id, role: 'viewer' }), 409, 'MEMBER_EXISTS')
    const email = 'known@example.com'
    assertError(await owner('POST', '/members', { email, role: 'viewer' }), 409, 'MEMBER_EXISTS')
  })

  it('are invited once', async () => {
    const body = { email: 'twice@example.com', role: 'member' }
    assert.equal((await owner('POST', '/members', body)).status, 201)
    assertError(await owner('POST', '/members', body), 409, 'MEMBER_EXISTS')
  })

  const refused: readonly (readonly [name: string, body: object, field: string])[] = [
    ['no address and no user', { role: 'member' }, 'email'],
    ['both', { role: 'member', email: 'a@example.com', user_id: 'usr_1' }, 'email'],
    ['a text that is no address', { role: 'member', email: 'ada' }, 'email'],
    ['an unknown user', { role: 'member', user_id: 'usr_1' }, 'user_id'],
    [
      'a department with a line break',
      { role: 'member', email: 'a@example.com', departments: ['a\nb'] },
      'departments',
    ],
  ]
  for (const [name, body, field] of refused) {
    it(`are not added with ${name}`, async () => {
      assertFieldError(await owner('POST', '/members', body), field)
    })
  }

  const tries: readonly (readonly [what: string, send: (user: typeof owner) => Promise<Answer>])[] = [
    ['read files', (user) => user('GET', '/files')],
    [
      'upload',
      (user) =>
        user('POST', '/files/upload-url', { filename: 'a.txt', mime_type: 'text/plain', file_size: 3 }),
    ],
    ['read stores', (user) => user('GET', '/vector-stores')],
    ['create stores', (user) => user('POST', '/vector-stores', { name: 'Store' })],
    ['use models', (user) => user('GET', '/v1/threads')],
    ['read keys', (user) => user('GET', '/api-keys')],
    ['read members', (user) => user('GET', '/members')],
    [
      'add owners',
      (user) => user('POST', '/members', { email: `${randomUUID()}@example.com`, role: 'owner' }),
    ],
  ]
  const rights: Readonly<Record<string, readonly string[]>> = {
    viewer: ['read files', 'read stores'],
    member: ['read files', 'upload', 'read stores', 'create stores', 'use models'],
    admin: tries.map(([what]) => what),
    owner: tries.map(([what]) => what),
  }
  for (const [role, allowed] of Object.entries(rights)) {
    it(`may do as ${role}: ${allowed.join(', ')}`, async () => {
      const user = await newUser(`role-${role}`, role)
      const done: string[] = []
      for (const [what, send] of tries) if ((await send(user)).status !== 403) done.push(what)
      assert.deepEqual(done, allowed)
    })
  }

  it('who are owners are added, changed and removed by admins and by keys with the scope admin', async () => {
    const user = await newUser('admin', 'admin')
    const asKey = asKeyOf(app)
    for (const [name, admin] of Object.entries({ user, asKey })) {
      const email = `owner-of-${name}@example.com`.toLowerCase()
      assert.equal((await admin('POST', '/members', { email, role: 'owner' })).status, 201, name)
      const { id } = await memberOf(email)
      for (const change of [{ departments: ['Sales'] }, { role: 'viewer' }, { role: 'owner' }])
        assert.equal((await admin('PATCH', `/members/${id}`, change)).status, 200, name)
      assert.equal((await admin('DELETE', `/members/${id}`)).status, 204, name)
    }
    const own = await memberOf('admin@example.com')
    assert.equal((await user('PATCH', `/members/${own.id}`, { role: 'owner' })).status, 200)
    assert.equal((await memberOf('admin@example.com')).role, 'owner')
  })

  it('keep one owner, whoever asks', async () => {
    const { organizationId, apiKey } = await app.addOrganization('org_last')
    const place = { context: app.context, organizationId }
    const token = await memberToken(place, provider, 'last', { role: 'owner' })
    const last = userOf({ ...app, organizationId, apiKey }, token)
    const { members } = json<{ members: MemberObject[] }>(await last('GET', '/members'))
    const path = `/members/${members[0]?.id}`
    const adminToken = await memberToken(place, provider, 'last-admin', { role: 'admin' })
    const admin = userOf({ ...app, organizationId, apiKey }, adminToken)
    for (const one of [last, admin, asKeyOf({ ...app, organizationId, apiKey })]) {
      assertError(await one('PATCH', path, { role: 'admin' }), 409, 'LAST_OWNER')
      assertError(await one('DELETE', path), 409, 'LAST_OWNER')
    }
    assert.equal((await last('POST', '/members', { email: 'next@example.com', role: 'owner' })).status, 201)
    assertError(await last('DELETE', path), 409, 'LAST_OWNER')
    await userOf({ ...app, organizationId, apiKey }, await provider.token(claimsOf('next')))('GET', '')
    assert.equal((await last('PATCH', path, { role: 'admin' })).status, 200)
  })

  it('are changed by the id in the path alone', async () => {
    await newUser('in-path', 'viewer')
    const [named, other] = [await memberOf('in-path@example.com'), await memberOf('grace@example.com')]
    const body = { memberId: other.id, departments: ['Path'] }
    assert.equal(json<MemberObject>(await owner('PATCH', `/members/${named.id}`, body)).id, named.id)
    assert.deepEqual((await memberOf('grace@example.com')).departments, [])
  })

  it('have a new role with the next request', async () => {
    const user = await newUser('demoted', 'admin')
    assert.equal((await user('GET', '/api-keys')).status, 200)
    const { id } = await memberOf('demoted@example.com')
    const changed = await owner('PATCH', `/members/${id}`, {
      role: 'viewer',
      departments: ['Sales', 'Sales'],
    })
    assert.deepEqual(json<MemberObject>(changed).departments, ['Sales'])
    assertError(await user('GET', '/api-keys'), 403, 'INSUFFICIENT_PERMISSIONS')
  })

  it('are refused after their removal, as if the organization did not exist', async () => {
    const user = await newUser('removed', 'admin')
    assert.equal((await user('GET', '/files')).status, 200)
    const { id } = await memberOf('removed@example.com')
    assert.equal((await owner('DELETE', `/members/${id}`)).status, 204)
    assertError(await owner('DELETE', `/members/${id}`), 404, 'MEMBER_NOT_FOUND')
    const denied = await user('GET', '/files')
    assertError(denied, 403, 'ORGANIZATION_ACCESS_DENIED')
    const unknown = await user('GET', '/v1/organizations/org_nowhere/files')
    const facts = (answer: Answer) => {
      const { error } = json<{ error: { trace_id: string; timestamp: string } }>(answer)
      return { ...error, trace_id: '', timestamp: '' }
    }
    assert.deepEqual(facts(denied), facts(unknown))
    assert.equal((await eventsOf('member.removed')).filter(({ data }) => data.id === id).length, 1)
  })

  it('cannot use rights that they lose while a body is under way', async (t) => {
    const { id: keyId } = json<{ id: string }>(
      await owner('POST', '/api-keys', { key_name: 'Kept', scopes: ['files:read'] }),
    )
    const tries: readonly (readonly [name: string, method: string, path: string, body: object])[] = [
      ['held-key', 'POST', '/api-keys', { key_name: 'Late', scopes: ['admin'] }],
      ['held-member', 'POST', '/members', { email: 'late@example.com', role: 'viewer' }],
      ['held-change', 'PATCH', `/members/${(await memberOf('grace@example.com')).id}`, { role: 'admin' }],
      ['held-slowly', 'PATCH', `/api-keys/${keyId}`, { scopes: ['admin'] }],
    ]
    const held = await Promise.all(
      tries.map(async ([name, method, path, body]) => {
        const token = await memberToken(app, provider, name, { role: 'admin' })
        const request = holdBody(`${app.baseUrl}${path}`, method, token, JSON.stringify(body))
        // The first request is the sign-in: then the request is admitted.
        while ((await memberOf(`${name}@example.com`)).state !== 'active');
        await owner('DELETE', `/members/${(await memberOf(`${name}@example.com`)).id}`)
        return request
      }),
    )
    const startMs = performance.now()
    for (const [index, request] of held.entries()) {
      const isSlow = tries[index]?.[0] === 'held-slowly'
      const late = isSlow ? t.mock.method(performance, 'now', () => startMs + 60_000) : null
      assert.equal(await request.finish(), 403, tries[index]?.[0])
      late?.mock.restore()
    }
    const { api_keys: keys } = json<{ api_keys: { key_name: string; scopes: string[] }[] }>(
      await owner('GET', '/api-keys'),
    )
    assert.deepEqual(keys.find(({ key_name }) => key_name === 'Kept')?.scopes, ['files:read'])
    assert.equal((await memberOf('grace@example.com')).role, 'member')
  })

  it('are named in files and in the audit', async () => {
    const token = await memberToken(app, provider, 'uploader')
    const user = userOf(app, token)
    const { user: me } = await meOf(app, token)
    const { filename, mimeType, bytes } = textFile('hello')
    const session = json<{ upload_url: string; gcs_path: string }>(
      await user('POST', '/files/upload-url', { filename, mime_type: mimeType, file_size: bytes.length }),
    )
    await fetch(session.upload_url, { method: 'PUT', body: bytes })
    const body = { filename, gcs_path: session.gcs_path, file_size: bytes.length, mime_type: mimeType }
    const file = json<{ id: string; uploaded_by: string; uploaded_by_api_key_id: null }>(
      await user('POST', '/files', body),
    )
    assert.deepEqual([file.uploaded_by, file.uploaded_by_api_key_id], [me?.id, null])
    const rows = await app.context.database.audit.list(app.organizationId, 200)
    const actors = new Set(rows.filter(({ target }) => target === file.id).map(({ actor }) => actor))
    assert.deepEqual(actors, new Set([me?.id]))
    const signIns = rows.filter(({ action, actor }) => action === 'signIn' && actor === me?.id)
    assert.equal(signIns.length, 1, 'the sign-in that accepted the invitation')
  })

  it('cannot reach members of another organization', async () => {
    const { organizationId } = await app.addOrganization('org_othermembers')
    const member = await addAsOperator({ context: app.context, organizationId }, { email: 'far@example.com' })
    for (const method of ['GET', 'DELETE'])
      assertError(await owner(method, `/members/${member.id}`), 404, 'MEMBER_NOT_FOUND')
    assertError(await owner('PATCH', `/members/${member.id}`, { role: 'viewer' }), 404, 'MEMBER_NOT_FOUND')
    await deleteMember(app.context, operatorCaller(organizationId), member.id)
  })

  it('are listed in pages, oldest first', async () => {
    const first = json<{ members: MemberObject[]; next_cursor: string; has_more: boolean }>(
      await owner('GET', '/members?limit=2'),
    )
    assert.deepEqual([first.members.length, first.has_more], [2, true])
    const second = json<{ members: MemberObject[] }>(
      await owner('GET', `/members?limit=100&after=${first.next_cursor}`),
    )
    const ids = [...first.members, ...second.members].map(({ id }) => id)
    assert.deepEqual(ids, ids.toSorted())
    assertFieldError(await owner('GET', '/members?after=%00'), 'after')
  })
})

describe('a user of several organizations', () => {
  let app: TestApp
  let provider: FixtureProvider
  let token: string
  let user: ReturnType<typeof userOf>
  before(async () => {
    provider = await startFixtureProvider()
    app = await startApp({ env: provider.env })
    const second = await app.addOrganization('org_second')
    await addAsOperator({ ...app, ...second }, { email: 'ada@example.com', role: 'viewer' })
    token = await memberToken(app, provider, 'ada')
    user = userOf(app, token)
  })
  after(async () => {
    await app.stop()
    await provider.stop()
  })

  it('chooses one in the OpenAI API', async () => {
    const list = async (headers: Record<string, string>) => {
      const response = await fetch(`${app.url}/v1/files`, { headers: { ...bearer(token), ...headers } })
      const { error = null } = (await response.json()) as { error?: { code: string } }
      return [response.status, error?.code ?? response.headers.get('openai-organization')]
    }
    assert.deepEqual(await list({}), [400, 'organization_required'])
    assert.deepEqual(await list({ 'openai-organization': app.organizationId }), [200, app.organizationId])
    assert.deepEqual(await list({ 'openai-organization': 'org_nowhere' }), [401, 'mismatched_organization'])
  })

  it('has only one that it may use when the operator has suspended the others', async () => {
    const { context } = app
    const token = await memberToken(app, provider, 'suspended')
    const { organizationId } = await app.addOrganization('org_suspended')
    await addAsOperator({ context, organizationId }, { email: 'suspended@example.com' })
    const ask = () => userOf(app, token)('GET', '/v1/threads')
    assertError(await ask(), 403, 'AMBIGUOUS_ORGANIZATION')
    await suspendOrganization(context, operatorCaller(organizationId))
    assert.equal((await ask()).status, 200)
  })

  it('chooses one for paths without an organization', async () => {
    assertError(await user('GET', '/v1/threads'), 403, 'AMBIGUOUS_ORGANIZATION')
    assert.equal((await user('GET', `/v1/threads?organization_id=${app.organizationId}`)).status, 200)
    const inBody = (organization_id?: string) => user('POST', '/v1/threads', { organization_id })
    assert.equal((await inBody(app.organizationId)).status, 201)
    assertError(await inBody(), 403, 'AMBIGUOUS_ORGANIZATION')
    assertError(await inBody('org_nowhere'), 403, 'ORGANIZATION_ACCESS_DENIED')
    assertError(await inBody('org_second'), 403, 'INSUFFICIENT_PERMISSIONS')
    const denied = await user('GET', '/v1/threads?organization_id=org_second')
    assertError(denied, 403, 'INSUFFICIENT_PERMISSIONS')
  })
})

describe('members that the provider decides about', () => {
  it('follow the claims of each newer token', async (t) => {
    const provider = await startFixtureProvider()
    const claims = { OIDC_ORGANIZATION_CLAIM: 'org', OIDC_ROLE_CLAIM: 'realm_access.roles' }
    const app = await startApp({ env: { ...provider.env, ...claims } })
    t.after(async () => {
      await app.stop()
      await provider.stop()
    })
    const now = Math.floor(Date.now() / 1000)
    const tokenOf = (
      ago: number,
      roles: readonly string[],
      org: unknown = [app.organizationId, 'org_nowhere'],
    ) => provider.token({ ...claimsOf('ada'), iat: now - ago, org, realm_access: { roles } })
    const roleOf = async (token: string) =>
      (await meOf(app, token)).organizations.map(({ role }) => role).join()
    const first = await tokenOf(50, ['viewer', 'other', 'admin'])
    assert.equal(await roleOf(first), 'admin')
    assert.equal(await roleOf(await tokenOf(40, ['viewer'], app.organizationId)), 'viewer')
    assert.equal(await roleOf(first), 'viewer', 'an older token brings nothing back')
    assert.equal(await roleOf(await tokenOf(30, [])), '')
    assert.equal(await roleOf(await tokenOf(20, ['owner'])), 'owner')
    const user = userOf(app, first)
    const added = await user('POST', '/members', { email: 'a@example.com', role: 'member' })
    assertError(added, 409, 'MEMBERS_MANAGED_BY_PROVIDER')
    assert.equal(await roleOf(await tokenOf(10, ['owner'], [])), '')
    assertError(await user('GET', '/files'), 403, 'ORGANIZATION_ACCESS_DENIED')
  })
})
