import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { operatorCaller } from '../../src/domain/access/caller.ts'
import {
  resumeOrganization,
  suspendOrganization,
} from '../../src/operations/organizations/update-organization.ts'
import { type Client, createClient, putObject, textFile } from '../api/client.ts'
import { assertError } from '../api/envelope.ts'
import { type Answer, exchange, json } from '../api/exchange.ts'
import { startApp, type TestApp } from '../start-app.ts'

interface Made {
  readonly id: string
  readonly client: Client
  readonly uploadUrl: string
  readonly downloadUrl: string
  readonly shareUrl: string
}

interface Revoked {
  readonly success: boolean
  readonly created_keys: readonly { readonly id: string; readonly key_name: string }[]
}

const CANCELLED = 499

describe('a revoked key', () => {
  let server: TestApp
  let admin: Client
  before(async () => {
    server = await startApp()
    admin = createClient(server)
  })
  after(() => server.stop())

  const newKey = async (by: Client, scopes = ['admin'], key_name = 'Made') => {
    const { id, key } = json<{ id: string; key: string }>(await by.post('/api-keys', { key_name, scopes }))
    return { id, client: createClient(server, { organizationId: by.organizationId, apiKey: key }) }
  }
  /** Creates a key with an open session, a download URL and a share link. */
  const make = async (): Promise<Made> => {
    const { id, client } = await newKey(admin)
    const file = await client.uploadFile(textFile())
    const { uploadUrl } = await client.startUpload(textFile('open.txt'))
    const { url } = json<{ url: string }>(await client.post(`/files/${file.id}/links`, {}))
    return { id, client, uploadUrl, downloadUrl: (await client.content(file.id)).download_url, shareUrl: url }
  }
  const fetchUrl = (url: string, method = 'GET') => {
    const { origin, pathname, search } = new URL(url)
    return exchange(origin, method, pathname + search)
  }
  const askUpload = (url: string) => putObject(url, Buffer.alloc(0), { 'content-range': 'bytes */*' })
  const reserved = async () =>
    json<{ storage_reserved_bytes: number }>(await admin.get('')).storage_reserved_bytes
  let made: Made
  beforeEach(async () => {
    made = await make()
  })

  const cases: readonly [
    title: string,
    revoke: (made: Made) => Promise<Answer>,
    sessions: boolean,
    links: boolean,
  ][] = [
    ['is gone with DELETE', ({ id }) => admin.del(`/api-keys/${id}`), true, true],
    [
      'stays where DELETE is told so',
      ({ id }) => admin.del(`/api-keys/${id}?end_sessions=false&revoke_links=false`),
      false,
      false,
    ],
    [
      'is gone in part where DELETE is told so',
      ({ id }) => admin.del(`/api-keys/${id}?end_sessions=false`),
      false,
      true,
    ],
    ['stays with deactivate', ({ id }) => admin.send('POST', `/api-keys/${id}/deactivate`), false, false],
    [
      'is gone where deactivate is told so',
      ({ id }) => admin.send('POST', `/api-keys/${id}/deactivate?end_sessions=true&revoke_links=true`),
      true,
      true,
    ],
    [
      'is gone in part where deactivate is told so',
      ({ id }) => admin.send('POST', `/api-keys/${id}/deactivate?end_sessions=true`),
      true,
      false,
    ],
    ['stays with rotate', ({ id }) => admin.send('POST', `/api-keys/${id}/rotate`), false, false],
    ['stays with pause', ({ id }) => admin.send('POST', `/api-keys/${id}/pause`), false, false],
  ]
  for (const [title, revoke, endsSessions, revokesLinks] of cases) {
    it(title, async () => {
      const before = await reserved()
      assert.equal((await revoke(made)).status, 200)
      const link = await fetchUrl(made.downloadUrl)
      if (revokesLinks) assertError(link, 401, 'TOKEN_INVALID')
      else assert.equal(link.status, 200)
      const share = await fetchUrl(made.shareUrl)
      if (revokesLinks) assertError(share, 401, 'TOKEN_INVALID')
      else assert.equal(share.status, 200)
      assert.equal((await askUpload(made.uploadUrl)).status, endsSessions ? CANCELLED : 308)
      assert.equal(before - (await reserved()), endsSessions ? textFile().bytes.byteLength : 0)
    })
  }

  it('is answered with the keys that it created, but not with those that these created', async () => {
    const child = await newKey(made.client, ['admin'], 'Child')
    await newKey(child.client, ['files:read'], 'Grandchild')
    const answer = json<Revoked>(await admin.send('POST', `/api-keys/${made.id}/deactivate`))
    assert.deepEqual(
      answer.created_keys.map(({ id, key_name }) => [id, key_name]),
      [[child.id, 'Child']],
    )
    const { success, created_keys } = json<Revoked>(await admin.del(`/api-keys/${made.id}`))
    assert.equal(success, true)
    assert.deepEqual(
      created_keys.map(({ id }) => id),
      [child.id],
    )
    assert.equal((await child.client.get('/api-keys')).status, 200)
  })

  it('can create links again after it is activated again, but the old ones stay revoked', async () => {
    await admin.send('POST', `/api-keys/${made.id}/deactivate?end_sessions=true&revoke_links=true`)
    await admin.send('POST', `/api-keys/${made.id}/activate`)
    const file = await made.client.uploadFile(textFile())
    const { download_url } = await made.client.content(file.id)
    assert.equal((await fetchUrl(download_url)).status, 200)
    assertError(await fetchUrl(made.downloadUrl), 401, 'TOKEN_INVALID')
    const { url } = json<{ url: string }>(await made.client.post(`/files/${file.id}/links`, {}))
    assert.equal((await fetchUrl(url)).status, 200)
    assertError(await fetchUrl(made.shareUrl), 401, 'TOKEN_INVALID')
  })

  it('leaves no session open, even when sessions are opened while it is deleted', async () => {
    const opening = Array.from({ length: 30 }, () =>
      made.client.post('/files/upload-url', { filename: 'a', file_size: 5, mime_type: 'text/plain' }),
    )
    await Promise.race(opening)
    const before = await admin.del(`/api-keys/${made.id}`)
    assert.equal(before.status, 200)
    for (const answer of await Promise.all(opening)) {
      if (answer.status !== 200) assert.equal(answer.status, 401)
      else assert.equal((await askUpload(json<{ upload_url: string }>(answer).upload_url)).status, CANCELLED)
    }
  })

  it('is refused with invalid booleans in the query', async () => {
    for (const query of ['end_sessions=1', 'revoke_links=yes', 'end_sessions=']) {
      assertError(await admin.del(`/api-keys/${made.id}?${query}`), 422, 'VALIDATION_ERROR')
    }
  })
})

describe('a suspended organization', () => {
  it('is refused with its keys, session URIs and download URLs until it is resumed', async () => {
    const server = await startApp()
    try {
      const client = createClient(server, await server.addOrganization('org_suspended'))
      const other = createClient(server)
      const file = await client.uploadFile(textFile())
      const { download_url } = await client.content(file.id)
      const { uploadUrl } = await client.startUpload(textFile('open.txt'))
      const url = new URL(download_url)
      const download = () => exchange(url.origin, 'GET', url.pathname + url.search)
      const share = new URL(json<{ url: string }>(await client.post(`/files/${file.id}/links`, {})).url)
      const shared = () => exchange(share.origin, 'GET', share.pathname + share.search)
      const ask = () => putObject(uploadUrl, Buffer.alloc(0), { 'content-range': 'bytes */*' })
      await suspendOrganization(server.context, operatorCaller('org_suspended'))
      assertError(await client.get('/files'), 403, 'ORGANIZATION_ACCESS_DENIED')
      assertError(await download(), 403, 'ORGANIZATION_ACCESS_DENIED')
      assertError(await shared(), 403, 'ORGANIZATION_ACCESS_DENIED')
      assert.equal((await ask()).status, 403)
      assert.equal((await other.get('/files')).status, 200)
      await resumeOrganization(server.context, operatorCaller('org_suspended'))
      assert.equal((await client.get('/files')).status, 200)
      assert.equal((await download()).status, 200)
      assert.equal((await shared()).status, 200)
      assert.equal((await ask()).status, 308)
    } finally {
      await server.stop()
    }
  })
})
