import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, sendToApi } from './client.ts'
import { type Answer, json } from './exchange.ts'
import { createStore, dataOf, type StoreObject } from './vector-store-bodies.ts'

interface Operation {
  readonly method: string
  /** Path below the organization; names in braces are replaced by ids. */
  readonly path: string
  readonly body?: object
}

const NOTE = { filename: 'a.txt', mimeType: 'text/plain', bytes: Buffer.from('a note\n') }

/** Every operation of the API that takes a key. */
const OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: '' },
  { method: 'GET', path: '/files' },
  { method: 'GET', path: '/files?search=note&delimiter=/' },
  {
    method: 'POST',
    path: '/files/upload-url',
    body: { filename: 'a', file_size: 1, mime_type: 'text/plain' },
  },
  {
    method: 'POST',
    path: '/files',
    body: { filename: 'a', gcs_path: 'a', file_size: 1, mime_type: 'text/plain' },
  },
  { method: 'POST', path: '/files/upload' },
  { method: 'GET', path: '/files/{file}' },
  { method: 'PATCH', path: '/files/{file}', body: { filename: 'b.txt' } },
  { method: 'DELETE', path: '/files/{file}' },
  { method: 'DELETE', path: '/files/{file}?trash=true' },
  { method: 'POST', path: '/files/{file}/restore' },
  { method: 'GET', path: '/files/{file}/content' },
  { method: 'GET', path: '/files/{file}/links' },
  { method: 'POST', path: '/files/{file}/links', body: {} },
  { method: 'DELETE', path: '/files/{file}/links/{link}' },
  { method: 'GET', path: '/files/uploads' },
  { method: 'DELETE', path: '/files/uploads/{session}' },
  { method: 'GET', path: '/api-keys' },
  { method: 'POST', path: '/api-keys', body: { key_name: 'a' } },
  { method: 'GET', path: '/api-keys/{key}' },
  { method: 'PATCH', path: '/api-keys/{key}', body: { key_name: 'a' } },
  { method: 'DELETE', path: '/api-keys/{key}' },
  ...['activate', 'deactivate', 'pause', 'unpause', 'rotate'].map((verb) => ({
    method: 'POST',
    path: `/api-keys/{key}/${verb}`,
  })),
  { method: 'POST', path: '/api-keys/{key}/s3-credentials' },
  { method: 'DELETE', path: '/api-keys/{key}/s3-credentials' },
  { method: 'GET', path: '/vector-stores' },
  { method: 'POST', path: '/vector-stores', body: { name: 'a' } },
  { method: 'GET', path: '/vector-stores/usage' },
  { method: 'POST', path: '/vector-stores/search', body: { query: 'a', vector_store_ids: ['vs_unknown'] } },
  { method: 'GET', path: '/vector-stores/{store}' },
  { method: 'PATCH', path: '/vector-stores/{store}', body: { name: 'Taken' } },
  { method: 'DELETE', path: '/vector-stores/{store}' },
  { method: 'POST', path: '/vector-stores/{store}/search', body: { query: 'note' } },
  { method: 'GET', path: '/vector-stores/{store}/files' },
  { method: 'POST', path: '/vector-stores/{store}/files', body: { file_id: 'file_unknown' } },
  { method: 'GET', path: '/vector-stores/{store}/files/{file}' },
  { method: 'PATCH', path: '/vector-stores/{store}/files/{file}', body: { attributes: {} } },
  { method: 'DELETE', path: '/vector-stores/{store}/files/{file}' },
  { method: 'GET', path: '/vector-stores/{store}/files/{file}/status' },
  { method: 'GET', path: '/vector-stores/{store}/files/{file}/logs' },
  { method: 'POST', path: '/vector-stores/{store}/files/{file}/retry' },
  { method: 'GET', path: '/vector-stores/{ownStore}/files/{file}' },
  { method: 'GET', path: '/vector-stores/{ownStore}/files/{storeFile}' },
  { method: 'DELETE', path: '/vector-stores/{ownStore}/files/{storeFile}' },
]

/** Returns an answer without the parts that differ between any two answers. Details may repeat an id of the request. */
function facts(answer: Answer) {
  const { error } = json<{ error: Record<string, unknown> & { details: object } }>(answer)
  const { trace_id: _, timestamp: __, details, ...said } = error
  return { ...said, status: answer.status, details: Object.keys(details) }
}

describe('one organization and the data of another', () => {
  let server: TestApp
  let owner: Client
  let stranger: { readonly id: string; readonly credentials: Record<string, string> }
  let ids: Readonly<Record<string, string>>

  before(async () => {
    server = await startApp()
    owner = createClient(server)
    const { organizationId, apiKey } = await server.addOrganization('org_stranger')
    stranger = { id: organizationId, credentials: { 'x-api-key': apiKey } }
    const file = await owner.uploadFile(NOTE)
    const session = await owner.startUpload(NOTE)
    const link = json<{ id: string }>(await owner.post(`/files/${file.id}/links`, {}))
    const key = json<{ id: string }>(await owner.post('/api-keys', { key_name: 'Owned' }))
    const store = await createStore(owner)
    const added = await owner.post(`/vector-stores/${store.id}/files`, { file_id: file.id })
    const { id: storeFile } = dataOf<{ id: string }>(added, 201)
    const own = await createStore(createClient(server, { organizationId, apiKey }))
    ids = {
      ...{ file: file.id, link: link.id, session: session.fileId, key: key.id },
      ...{ store: store.id, storeFile, ownStore: own.id },
    }
    unknown.ownStore = own.id
  })
  after(() => server.stop())

  const fill = (path: string, values: Readonly<Record<string, string>>) =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
  const unknown: Record<string, string> = {
    ...{ file: 'file_unknown', link: 'lnk_unknown', session: 'file_unknown', key: 'ak_unknown' },
    ...{ store: 'vs_unknown', storeFile: 'vsf_unknown' },
  }

  const ask = (
    { method, path, body }: Operation,
    organizationId: string,
    values: Readonly<Record<string, string>>,
  ) =>
    sendToApi(server, method, `/v1/organizations/${organizationId}${fill(path, values)}`, {
      credentials: stranger.credentials,
      ...(body ? { body } : {}),
    })

  for (const operation of OPERATIONS) {
    const name = `${operation.method} ${operation.path || '/'}`

    it(`${name} is refused alike for another organization and for an unknown one`, async () => {
      const real = await ask(operation, server.organizationId, ids)
      assert.equal(real.status, 403)
      assert.deepEqual(facts(await ask(operation, 'org_nowhere', unknown)), facts(real))
    })

    if (!operation.path.includes('{')) continue
    it(`${name} is refused alike for an id of another organization and for an unknown id`, async () => {
      const real = await ask(operation, stranger.id, ids)
      assert.equal(real.status, 404)
      assert.deepEqual(facts(await ask(operation, stranger.id, unknown)), facts(real))
    })
  }

  it('a path of another organization cannot be registered, whether it exists or not', async () => {
    const session = await owner.storeObject(NOTE)
    const register = (gcs_path: string) =>
      ask({ method: 'POST', path: '/files', body: { ...session.register, gcs_path } }, stranger.id, ids)
    const real = await register(session.register.gcs_path)
    assert.equal(real.status, 404)
    assert.deepEqual(facts(await register('files/org_nowhere/file_1/a.txt')), facts(real))
  })

  for (const [path, name] of [
    ['/files', 'file'],
    ['/files/uploads', 'file'],
    ['/vector-stores', 'store'],
    ['/vector-stores/{ownStore}/files', 'file'],
    ['/vector-stores/{ownStore}/files', 'storeFile'],
  ] as const) {
    it(`the ${name} of another organization is no cursor of GET ${path}, whether it exists or not`, async () => {
      const list = (after = '') => ask({ method: 'GET', path: `${path}?after=${after}` }, stranger.id, ids)
      const real = facts(await list(ids[name]))
      assert.equal(real.status, 422)
      assert.deepEqual(facts(await list(unknown[name])), real)
    })
  }

  it('a file of another organization cannot be added to a store, whether it exists or not', async () => {
    const add = (file_id = '') =>
      ask({ method: 'POST', path: '/vector-stores/{ownStore}/files', body: { file_id } }, stranger.id, ids)
    const real = await add(ids.file)
    assert.equal(real.status, 404)
    assert.deepEqual(facts(await add(unknown.file)), facts(real))
  })

  it('a store of another organization cannot be searched, whether it exists or not', async () => {
    const search = (store = '') => {
      const body = { query: 'note', vector_store_ids: [ids.ownStore, store] }
      return ask({ method: 'POST', path: '/vector-stores/search', body }, stranger.id, ids)
    }
    const real = await search(ids.store)
    assert.equal(real.status, 404)
    assert.deepEqual(facts(await search(unknown.store)), facts(real))
  })

  it('a download URL opens its own file and no other', async () => {
    const { download_url } = await owner.content(ids.file ?? '')
    const other = await owner.uploadFile(NOTE)
    const ask = async (url: string) => (await fetch(url)).status
    assert.equal(await ask(download_url), 200)
    assert.equal(await ask(download_url.replace(ids.file ?? '', other.id)), 401)
    assert.equal(await ask(download_url.replace(server.organizationId, stranger.id)), 401)
  })

  it('these requests have changed nothing of the owner', async () => {
    assert.equal((await owner.get(`/files/${ids.file}`)).status, 200)
    const { links } = json<{ links: { id: string }[] }>(await owner.get(`/files/${ids.file}/links`))
    assert.deepEqual(
      links.map(({ id }) => id),
      [ids.link],
    )
    const key = json<{ is_active: boolean; key_name: string }>(await owner.get(`/api-keys/${ids.key}`))
    assert.deepEqual({ name: key.key_name, isActive: key.is_active }, { name: 'Owned', isActive: true })
    assert.equal((await owner.del(`/files/uploads/${ids.session}`)).status, 204)
    const store = dataOf<StoreObject>(await owner.get(`/vector-stores/${ids.store}`))
    assert.deepEqual([store.name, store.file_count], ['Contracts', 1])
  })
})
