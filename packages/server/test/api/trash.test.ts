import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startApp, type TestApp } from '../start-app.ts'
import { type Client, createClient, type FileObject, sendToApi, textFile } from './client.ts'
import { assertError } from './envelope.ts'
import { json } from './exchange.ts'
import { createStore, dataOf, type StoreObject } from './vector-store-bodies.ts'

interface FileList {
  readonly files: (FileObject & { readonly trashed_at: string | null })[]
  readonly total: number | null
  readonly next_cursor: string | null
}

describe('a File in the trash', () => {
  let server: TestApp
  let client: Client
  before(async () => {
    server = await startApp()
    client = createClient(server)
  })
  after(() => server.stop())

  const upload = () => client.uploadFile(textFile())
  const trash = async (id: string) => {
    const answer = await client.del(`/files/${id}?trash=true`)
    assert.equal(answer.status, 204, answer.bytes.toString())
  }
  const restore = (id: string) => client.send('POST', `/files/${id}/restore`)
  const list = async (query = '') => json<FileList>(await client.get(`/files?${query}`))
  const isListed = async (id: string, query = '') => (await list(query)).files.some((file) => file.id === id)
  const usedBytes = async () => json<{ storage_used_bytes: number }>(await client.get('')).storage_used_bytes

  it('is in the list of the trash and in no other', async () => {
    const { id } = await upload()
    const { total } = await list()
    await trash(id)
    assert.equal((await list()).total, Number(total) - 1)
    assert.equal(await isListed(id), false)
    const trashed = await list('state=trashed')
    assert.equal(trashed.total, null)
    const listed = trashed.files.find((file) => file.id === id)
    assert.ok(Math.abs(Date.parse(String(listed?.trashed_at)) - Date.now()) < 60_000)
  })

  it('is listed in pages, newest first', async () => {
    const ids: string[] = []
    for (let count = 0; count < 3; count++) ids.unshift((await upload()).id)
    for (const id of ids) await trash(id)
    const first = await list('state=trashed&limit=2')
    const second = await list(`state=trashed&limit=2&after=${first.next_cursor}`)
    assert.deepEqual(
      [...first.files, ...second.files].slice(0, 3).map(({ id }) => id),
      ids,
    )
  })

  it('does not exist for any other request', async () => {
    const { id } = await upload()
    const { download_url } = json<{ download_url: string }>(await client.get(`/files/${id}/content`))
    const { url } = json<{ url: string }>(await client.post(`/files/${id}/links`, {}))
    const store = await createStore(client)
    await trash(id)
    for (const path of ['', '/content', '/links']) {
      assertError(await client.get(`/files/${id}${path}`), 404, 'FILE_NOT_FOUND')
    }
    assertError(await client.post(`/files/${id}/links`, {}), 404, 'FILE_NOT_FOUND')
    assertError(await client.post(`/vector-stores/${store.id}/files`, { file_id: id }), 404, 'FILE_NOT_FOUND')
    const open = (shared: string) => sendToApi(server, 'GET', shared.slice(server.url.length))
    assertError(await open(download_url), 404, 'FILE_NOT_FOUND')
    assertError(await open(url), 401, 'TOKEN_INVALID')
    const credentials = { 'x-api-key': server.apiKey, authorization: `Bearer ${server.apiKey}` }
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/content'],
      ['DELETE', ''],
    ] as const) {
      const answer = await fetch(`${server.url}/v1/files/${id}${path}`, { method, headers: credentials })
      assert.equal(answer.status, 404, `${method} ${path}`)
      await answer.body?.cancel()
    }
    const listed = await fetch(`${server.url}/v1/files?limit=1000`, { headers: credentials })
    assert.ok(!(await listed.text()).includes(id))
  })

  it('is restored with its bytes and links, but not to its vector stores', async () => {
    const file = await upload()
    const store = await createStore(client)
    dataOf(await client.post(`/vector-stores/${store.id}/files`, { file_id: file.id }), 201)
    const { url } = json<{ url: string }>(await client.post(`/files/${file.id}/links`, {}))
    await trash(file.id)
    const restored = await restore(file.id)
    assert.equal(restored.status, 200)
    assert.deepEqual(json(restored), file)
    assert.deepEqual(json(await client.get(`/files/${file.id}`)), file)
    assert.equal(await isListed(file.id), true)
    assert.equal(await isListed(file.id, 'state=trashed'), false)
    assert.equal(await (await fetch(url)).text(), 'a short note\n')
    const { file_count } = dataOf<StoreObject>(await client.get(`/vector-stores/${store.id}`))
    assert.equal(file_count, 0)
  })

  it('does not change with a repeated request', async () => {
    const file = await upload()
    assert.deepEqual(json(await restore(file.id)), file)
    await trash(file.id)
    await trash(file.id)
    assert.deepEqual(json(await restore(file.id)), file)
    assert.deepEqual(json(await restore(file.id)), file)
  })

  it('counts in the quota until it is deleted', async () => {
    const before = await usedBytes()
    const { id, file_size } = await upload()
    await trash(id)
    assert.equal(await usedBytes(), before + file_size)
    assert.equal((await client.del(`/files/${id}`)).status, 204)
    assert.equal(await usedBytes(), before)
    assert.equal(await isListed(id, 'state=trashed'), false)
    assertError(await restore(id), 404, 'FILE_NOT_FOUND')
    assertError(await client.del(`/files/${id}`), 404, 'FILE_NOT_FOUND')
    assertError(await client.del(`/files/${id}?trash=true`), 404, 'FILE_NOT_FOUND')
  })

  it('refuses a register of its upload', async () => {
    const upload = await client.storeObject(textFile())
    const { id } = json<FileObject>(await client.register(upload.register))
    await trash(id)
    assertError(await client.register(upload.register), 404, 'UPLOAD_NOT_FOUND')
  })

  it('does not exist when the request names an unknown File or an unknown value', async () => {
    assertError(await client.del('/files/file_unknown?trash=true'), 404, 'FILE_NOT_FOUND')
    assertError(await restore('file_unknown'), 404, 'FILE_NOT_FOUND')
    const { id } = await upload()
    for (const query of ['trash=1', 'trash=yes', 'trash=']) {
      assertError(await client.del(`/files/${id}?${query}`), 422, 'VALIDATION_ERROR')
    }
    assertError(await client.get('/files?state=deleted'), 422, 'VALIDATION_ERROR')
    assert.equal((await client.del(`/files/${id}?trash=false`)).status, 204)
    assertError(await restore(id), 404, 'FILE_NOT_FOUND')
  })

  it('is recorded in the audit log once for each change', async () => {
    const { id } = await upload()
    await trash(id)
    await trash(id)
    await restore(id)
    await restore(id)
    await trash(id)
    await client.del(`/files/${id}`)
    const rows = await server.context.database.audit.list(null, 1000)
    // A sweep may find the object of the deleted file before its bytes are removed.
    const ofRequests = rows.filter(({ target, actor }) => target === id && actor !== 'job:sweep')
    const actions = ofRequests.map(({ action }) => action)
    assert.deepEqual(actions.toReversed().slice(2), ['trashFile', 'restoreFile', 'trashFile', 'deleteFile'])
  })
})
