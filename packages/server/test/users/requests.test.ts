import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import { deleteMember } from '../../src/operations/members/delete-member.ts'
import { startApp } from '../start-app.ts'
import { startFixtureProvider } from './fixture-provider.ts'
import { bearer, claimsOf, memberToken, meOf } from './sign-in.ts'

/** Google's protocol takes chunks of this size before the last one. */
const FIRST_BYTES = 262_144
const CONTENT = 'text of a user\n'.repeat(20_000)
const TEXT = { mime_type: 'text/plain', file_size: CONTENT.length }
const IETF = { 'upload-draft-interop-version': '8' }

interface ListedFile {
  readonly original_filename: string
  readonly uploaded_by: string
  readonly file_size: number
}

/** Sends a chunk to the URL of an upload session, without a credential. */
function put(url: string, body: string, offset: number): Promise<Response> {
  const range = `bytes ${offset}-${offset + body.length - 1}/${CONTENT.length}`
  return fetch(url, { method: 'PUT', headers: { 'content-range': range }, body, redirect: 'manual' })
}

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

  it('open uploads of Google and the IETF, and finish them with the URL alone', async (t) => {
    const { app, provider } = await start(t)
    const headers = bearer(await memberToken(app, provider, 'ada'))
    const google = await fetch(`${app.baseUrl}/files/upload-url`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ ...TEXT, filename: 'google.txt', auto_register: true }),
    })
    const { upload_url } = (await google.json()) as { upload_url: string }
    const ietf = await fetch(`${app.baseUrl}/files/resumable`, {
      method: 'POST',
      headers: {
        ...{ ...headers, ...IETF, 'upload-complete': '?0', 'content-type': 'text/plain' },
        ...{ 'content-disposition': 'inline; filename="ietf.txt"', 'upload-offset': '0' },
      },
      body: CONTENT.slice(0, FIRST_BYTES),
    })
    assert.equal(ietf.status, 201, await ietf.text())
    const resumableUrl = ietf.headers.get('location') ?? assert.fail('no URL')

    const rest = CONTENT.slice(FIRST_BYTES)
    const first = await put(upload_url, CONTENT.slice(0, FIRST_BYTES), 0)
    assert.deepEqual([first.status, first.headers.get('range')], [308, `bytes=0-${FIRST_BYTES - 1}`])
    assert.equal((await put(upload_url, rest, FIRST_BYTES)).status, 200)
    const finished = await fetch(resumableUrl, {
      method: 'PATCH',
      headers: {
        ...{ ...IETF, 'upload-complete': '?1', 'upload-offset': String(FIRST_BYTES) },
        'content-type': 'application/partial-upload',
      },
      body: rest,
    })
    assert.ok(finished.ok, await finished.text())

    const { user } = await meOf(app, headers.authorization.slice('Bearer '.length))
    const response = await fetch(`${app.baseUrl}/files`, { headers })
    const { files } = (await response.json()) as { files: ListedFile[] }
    const facts = files.map((file) => [file.original_filename, file.uploaded_by, file.file_size])
    assert.deepEqual(facts.toSorted(), [
      ['google.txt', user?.id, CONTENT.length],
      ['ietf.txt', user?.id, CONTENT.length],
    ])
  })

  it('open no upload in any protocol with a role that may only read', async (t) => {
    const { app, provider } = await start(t)
    const headers = bearer(await memberToken(app, provider, 'vera', { role: 'viewer' }))
    const statuses = []
    for (const [path, more, body] of [
      [
        '/files/upload-url',
        { 'content-type': 'application/json' },
        JSON.stringify({ ...TEXT, filename: 'google.txt' }),
      ],
      [
        '/files/resumable',
        { ...IETF, 'upload-complete': '?0', 'content-disposition': 'inline; filename="a.txt"' },
        undefined,
      ],
    ] as const) {
      const request = { method: 'POST', headers: { ...headers, ...more }, ...(body && { body }) }
      const response = await fetch(`${app.baseUrl}${path}`, request)
      await response.arrayBuffer()
      statuses.push(response.status)
    }
    assert.deepEqual(statuses, [403, 403])
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
