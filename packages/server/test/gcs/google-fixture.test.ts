import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { after, before, beforeEach, describe, it } from 'node:test'
import { type GetFilesOptions, type GetFilesResponse, Storage } from '@google-cloud/storage'
import { crc32c, crc32cToBase64 } from '../../src/platform/crc32c.ts'
import { BUCKET } from './exchange.ts'
import { type GoogleFixture, startGoogleFixture } from './google-fixture.ts'
import { createKeyFile, type KeyFile } from './key-file.ts'

const BYTES = randomBytes(600_000)
const QUANTUM = 262_144
const ORIGIN = 'https://app.example.com'

/** Compares the fixture with Google's documentation, for the functions that the other tests of this folder use. */
describe('the fixture of Google Cloud Storage', () => {
  let google: GoogleFixture
  let key: KeyFile
  let name: string
  before(async () => {
    key = await createKeyFile()
    google = await startGoogleFixture(key)
  })
  after(async () => {
    await google.close()
    await key.remove()
  })
  beforeEach(() => {
    name = `a folder/${randomBytes(4).toString('hex')} ü.bin`
  })

  const objectUrl = () => `${google.url}/storage/v1/b/${BUCKET}/o/${encodeURIComponent(name)}`
  const startHeaders = {
    'x-upload-content-type': 'image/png',
    'x-upload-content-length': String(BYTES.length),
  }
  const startByJson = (headers = {}) =>
    fetch(
      `${google.url}/upload/storage/v1/b/${BUCKET}/o?uploadType=resumable&ifGenerationMatch=0&name=${encodeURIComponent(name)}`,
      { method: 'POST', headers: { ...startHeaders, ...headers } },
    )
  const startByXml = () =>
    fetch(`${google.url}/${BUCKET}/${encodeURIComponent(name).replaceAll('%2F', '/')}`, {
      method: 'POST',
      headers: { ...startHeaders, 'content-type': 'image/png', 'x-goog-resumable': 'start' },
    })
  const locationOf = (answer: Response) => answer.headers.get('location') ?? assert.fail('no Location')
  const send = (uri: string, from: number, to: number, total: number | '*', headers = {}) =>
    fetch(uri, {
      method: 'PUT',
      body: new Uint8Array(BYTES.subarray(from, to)),
      headers: { 'content-range': `bytes ${from}-${to - 1}/${total}`, ...headers },
      redirect: 'manual',
    })

  for (const [how, start, status] of [
    ['the JSON API', startByJson, 200],
    ['the XML API', startByXml, 201],
  ] as const) {
    it(`accepts the chunks of a session that ${how} has started, and creates the object`, async () => {
      const started = await start()
      assert.equal(started.status, status)
      const uri = locationOf(started)
      assert.match(new URL(uri).search, /upload_id=/)
      const first = await send(uri, 0, QUANTUM, '*')
      assert.deepEqual([first.status, first.headers.get('range')], [308, `bytes=0-${QUANTUM - 1}`])
      const gap = await send(uri, 2 * QUANTUM, BYTES.length, BYTES.length)
      assert.equal(gap.status, 503)
      const asked = await fetch(uri, {
        method: 'PUT',
        headers: { 'content-range': 'bytes */*' },
        redirect: 'manual',
      })
      assert.deepEqual([asked.status, asked.headers.get('range')], [308, `bytes=0-${QUANTUM - 1}`])
      const last = await send(uri, QUANTUM, BYTES.length, BYTES.length)
      assert.equal(last.status, 200)
      const object = (await last.json()) as Record<string, string>
      assert.equal(object.kind, 'storage#object')
      assert.deepEqual(
        [object.name, object.size, object.contentType],
        [name, String(BYTES.length), 'image/png'],
      )
      assert.equal(object.crc32c, crc32cToBase64(crc32c(BYTES)))
      assert.ok(google.bucket.get(name)?.bytes.equals(BYTES))
    })
  }

  it('answers requests for missing and existing objects as Google documents', async () => {
    const missing = await fetch(objectUrl())
    assert.equal(missing.status, 404)
    const { error } = (await missing.json()) as { error: { code: number; errors: { reason: string }[] } }
    assert.deepEqual([error.code, error.errors[0]?.reason], [404, 'notFound'])
    const [first, second] = [locationOf(await startByJson()), locationOf(await startByJson())]
    assert.equal((await send(first, 0, BYTES.length, BYTES.length)).status, 200)
    assert.equal((await send(second, 0, BYTES.length, BYTES.length)).status, 412)
    assert.equal((await startByJson()).status, 412)
    const generation = google.bucket.get(name)?.metadata.generation
    const remove = (expected: string) =>
      fetch(`${objectUrl()}?ifGenerationMatch=${expected}`, { method: 'DELETE' })
    assert.equal((await remove('1')).status, 412)
    assert.equal((await remove(generation ?? '')).status, 204)
    assert.equal((await remove(generation ?? '')).status, 404)
  })

  it('ends a session with 499', async () => {
    const uri = locationOf(await startByJson())
    assert.equal((await fetch(uri, { method: 'DELETE' })).status, 499)
    assert.equal((await send(uri, 0, BYTES.length, BYTES.length)).status, 499)
  })

  it('lets only the origin that started a session read its answers', async () => {
    const uri = locationOf(await startByJson({ origin: ORIGIN }))
    const ours = await send(uri, 0, QUANTUM, '*', { origin: ORIGIN })
    assert.equal(ours.headers.get('access-control-allow-origin'), ORIGIN)
    const others = await send(uri, 0, QUANTUM, '*', { origin: 'https://other.example' })
    assert.equal(others.headers.get('access-control-allow-origin'), null)
  })

  it("serves Google's own client", async () => {
    const storage = new Storage({ apiEndpoint: google.url, projectId: 'none' })
    const file = storage.bucket(BUCKET).file(name)
    const uri = locationOf(await startByJson())
    await pipeline(
      Readable.from([BYTES]),
      file.createWriteStream({ uri, resumable: true, validation: 'crc32c' }),
    )
    const [downloaded] = await file.download()
    assert.ok(downloaded.equals(BYTES))
    const [part] = await file.download({ start: 10, end: 19 })
    assert.ok(part.equals(BYTES.subarray(10, 20)))
    const [listed] = await storage.bucket(BUCKET).getFiles({ prefix: name, maxResults: 1 })
    assert.deepEqual(
      listed.map((one) => one.name),
      [name],
    )
    await file.delete({ ifGenerationMatch: String(file.metadata.generation) })
    assert.deepEqual(await file.exists(), [false])
  })

  it('lists in pages, in the order of names', async () => {
    const prefix = `list ${randomBytes(4).toString('hex')}/`
    const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => prefix + letter)
    for (const one of names.toReversed()) {
      name = one
      await send(locationOf(await startByJson()), 0, BYTES.length, BYTES.length)
    }
    const bucket = new Storage({ apiEndpoint: google.url, projectId: 'none' }).bucket(BUCKET)
    const pages: string[][] = []
    let query: GetFilesOptions | null = { prefix, maxResults: 2, autoPaginate: false }
    while (query !== null) {
      const [files, next]: GetFilesResponse = await bucket.getFiles(query)
      pages.push(files.map((file) => file.name))
      query = next as GetFilesOptions | null
    }
    assert.deepEqual(pages, [names.slice(0, 2), names.slice(2, 4), names.slice(4)])
  })
})
