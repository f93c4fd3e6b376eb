import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { deleteMember } from '../../src/operations/members/delete-member.ts'
import { startApp } from '../start-app.ts'
import { startFixtureProvider } from './fixture-provider.ts'
import { bearer, claimsOf, memberToken } from './sign-in.ts'

async function start(t: TestContext, env: Record<string, string> = {}) {
  const provider = await startFixtureProvider()
  const app = await startApp({ env: { ...provider.env, ...env } })
  t.after(async () => {
    await app.stop()
    await provider.stop()
  })
  const memberNamed = async (email: string) => {
    const { members } = await app.context.database.members.list(app.organizationId, {
      after: null,
      limit: 100,
    })
    return members.find((one) => one.email === email)?.id ?? assert.fail(email)
  }
  return { provider, app, memberNamed }
}

describe('requests of users', () => {
  it('have a rate limit of their own, whatever the token', async (t) => {
    const { app, provider } = await start(t, { RATE_LIMIT_PER_MINUTE: '2' })
    const first = await memberToken(app, provider, 'ada')
    const second = await provider.token(claimsOf('ada'))
    const other = await memberToken(app, provider, 'grace')
    const statuses = []
    for (const token of [first, second, first, other]) {
      const response = await fetch(`${app.baseUrl}/files`, { headers: bearer(token) })
      statuses.push(response.status)
      await response.arrayBuffer()
    }
    assert.deepEqual(statuses, [200, 200, 429, 200])
  })

  it('are repeated by their Idempotency-Key for the same user', async (t) => {
    const { app, provider } = await start(t)
    const create = async (token: string) => {
      const response = await fetch(`${app.url}/v1/vector_stores`, {
        method: 'POST',
        headers: { ...bearer(token), 'content-type': 'application/json', 'idempotency-key': 'once' },
        body: JSON.stringify({ name: 'Papers' }),
      })
      assert.equal(response.status, 200)
      return ((await response.json()) as { id: string }).id
    }
    const ada = await memberToken(app, provider, 'ada')
    const store = await create(ada)
    assert.equal(await create(await provider.token(claimsOf('ada'))), store)
    assert.notEqual(await create(await memberToken(app, provider, 'grace')), store)
  })

  it('name the user in files of every way to upload', async (t) => {
    const { app, provider } = await start(t)
    const token = await memberToken(app, provider, 'ada')
    const headers = bearer(token)
    const form = new FormData()
    form.append('files', new Blob(['direct'], { type: 'text/plain' }), 'direct.txt')
    const openai = new FormData()
    openai.append('purpose', 'user_data')
    openai.append('file', new Blob(['openai'], { type: 'text/plain' }), 'openai.txt')
    const sent = [
      await fetch(`${app.baseUrl}/files/upload`, { method: 'POST', headers, body: form }),
      await fetch(`${app.url}/v1/files`, { method: 'POST', headers, body: openai }),
      await fetch(`${app.baseUrl}/files/tus`, {
        method: 'POST',
        headers: {
          ...{ ...headers, 'tus-resumable': '1.0.0', 'upload-length': '3' },
          ...{ 'upload-metadata': `filename ${btoa('tus.txt')},filetype ${btoa('text/plain')}` },
          'content-type': 'application/offset+octet-stream',
        },
        body: 'tus',
      }),
    ]
    for (const response of sent) assert.ok(response.ok, `${response.url} ${await response.text()}`)
    const response = await fetch(`${app.baseUrl}/files`, { headers })
    const { files } = (await response.json()) as {
      files: { original_filename: string; uploaded_by: string; uploaded_by_api_key_id: null }[]
    }
    assert.deepEqual(files.map((file) => file.original_filename).toSorted(), [
      ...['direct.txt', 'openai.txt', 'tus.txt'],
    ])
    for (const file of files) {
      assert.match(file.uploaded_by, /^usr_[0-9a-f]{32}$/)
      assert.equal(file.uploaded_by_api_key_id, null)
    }
  })

  it('end a stream of events when the user is removed', async (t) => {
    const { app, provider, memberNamed } = await start(t)
    const headers = bearer(await memberToken(app, provider, 'ada', { role: 'admin' }))
    const stream = await fetch(`${app.baseUrl}/events/stream?types=member.removed`, { headers })
    assert.equal(stream.status, 200)
    const operator = operatorCaller(app.organizationId)
    await deleteMember(app.context, operator, await memberNamed('ada@example.com'))
    assert.doesNotMatch(await text(stream.body as never), /member\.removed/)
  })

  it('see no events of members with a role that may not read them', async (t) => {
    const { app, provider } = await start(t)
    const eventsOf = async (role: string) => {
      const headers = bearer(await memberToken(app, provider, role, { role }))
      const response = await fetch(`${app.baseUrl}/events?types=member.added`, { headers })
      return ((await response.json()) as { events: object[] }).events.length
    }
    assert.deepEqual([await eventsOf('admin'), await eventsOf('member')], [1, 0])
  })
})
