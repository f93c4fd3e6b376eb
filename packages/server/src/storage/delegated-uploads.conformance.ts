import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { it } from 'node:test'
import { crc32c, crc32cToBase64 } from '../platform/crc32c.ts'
import type { DelegatedStorage } from './object-storage.ts'
import { BYTES, bodyOf, inventoryOf, isCode, specOf } from './objects.conformance.ts'
import type { UploadSpec } from './stored-object.ts'

const termsOf = (bytes: Buffer, origin: string | null = null) => ({ sizeBytes: bytes.length, origin })

function put(sessionUri: string, bytes: Buffer, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(sessionUri, { method: 'PUT', body: new Uint8Array(bytes), headers, redirect: 'manual' })
}

/** Uploads the bytes as a client does, directly to the provider. */
export async function storeDelegated(storage: DelegatedStorage, spec: UploadSpec, bytes: Buffer) {
  const { sessionUri } = await storage.uploads.create(spec, termsOf(bytes))
  const response = await put(sessionUri, bytes)
  assert.equal(response.status, 200, await response.text())
}

/** Tests the promises of `DelegatedUploads` and `DelegatedDownloads`. */
export function testDelegatedUploads(storage: () => DelegatedStorage): void {
  it('opens a session that creates the object from the uploaded bytes', async () => {
    const spec = specOf()
    const { sessionUri, handle } = await storage().uploads.create(spec, termsOf(BYTES))
    assert.equal(await storage().stat(spec.name), null)
    assert.equal(await storage().uploads.received(handle), 0)
    assert.equal((await put(sessionUri, BYTES)).status, 200)
    const object = await storage().stat(spec.name)
    assert.deepEqual({ ...object, ...spec, sizeBytes: BYTES.length }, object)
    assert.equal(object?.crc32c, crc32cToBase64(crc32c(BYTES)))
  })

  it('returns the received bytes of an unfinished upload', async () => {
    const spec = specOf()
    const { sessionUri, handle } = await storage().uploads.create(spec, termsOf(BYTES))
    const range = `bytes 0-524287/${BYTES.length}`
    const response = await put(sessionUri, BYTES.subarray(0, 524_288), { 'content-range': range })
    assert.equal(response.status, 308)
    assert.equal(await storage().uploads.received(handle), 524_288)
    assert.equal(await storage().stat(spec.name), null)
    assert.deepEqual(await inventoryOf(storage(), spec), [])
  })

  it('opens a session that refuses a body of another size', async () => {
    const spec = specOf()
    const { sessionUri } = await storage().uploads.create(spec, termsOf(BYTES))
    assert.equal((await put(sessionUri, BYTES.subarray(1))).status, 400)
    assert.equal(await storage().stat(spec.name), null)
  })

  it('opens a session that does not replace an object', async () => {
    const spec = specOf()
    const { sessionUri } = await storage().uploads.create(spec, termsOf(BYTES))
    await storage().write(spec, bodyOf(BYTES.subarray(0, 10)), 10)
    assert.equal((await put(sessionUri, BYTES)).status, 412)
    assert.equal((await storage().stat(spec.name))?.sizeBytes, 10)
  })

  it('opens a session that the page of the given origin may use', async () => {
    const origin = 'https://app.example.com'
    const { sessionUri } = await storage().uploads.create(specOf(), termsOf(BYTES, origin))
    const response = await put(sessionUri, BYTES, { origin })
    assert.equal(response.headers.get('access-control-allow-origin'), origin)
  })

  it('ends a session, which then accepts no more bytes; a second cancel succeeds', async () => {
    const spec = specOf()
    const { sessionUri, handle } = await storage().uploads.create(spec, termsOf(BYTES))
    await storage().uploads.cancel(handle)
    await storage().uploads.cancel(handle)
    assert.equal((await put(sessionUri, BYTES)).status, 499)
    assert.equal(await storage().stat(spec.name), null)
    assert.equal(await storage().uploads.received(handle), null)
  })

  it('keeps a complete object when its session is cancelled', async () => {
    const spec = specOf()
    const { sessionUri, handle } = await storage().uploads.create(spec, termsOf(BYTES))
    await put(sessionUri, BYTES)
    await storage().uploads.cancel(handle)
    assert.equal((await storage().stat(spec.name))?.sizeBytes, BYTES.length)
  })

  it('returns a handle that does not reveal the session URI', async () => {
    const { sessionUri, handle } = await storage().uploads.create(specOf(), termsOf(BYTES))
    const { search } = new URL(sessionUri)
    assert.ok(!handle.includes(search) && !Buffer.from(handle, 'base64url').includes(search))
    for (const other of ['', 'none', handle.slice(1), [...handle].reverse().join('')]) {
      assert.equal(await storage().uploads.received(other), null)
      await storage().uploads.cancel(other)
    }
    assert.equal(await storage().uploads.received(handle), 0)
  })

  it('reads and removes only the given version', async () => {
    const spec = specOf()
    await storeDelegated(storage(), spec, BYTES)
    const { generation } = (await storage().stat(spec.name)) ?? assert.fail('it was stored')
    const other = String(BigInt(generation) + 1n)
    await storage().remove(spec.name, other)
    const read = (version: string) => storage().read(spec.name, { start: 0, end: 9 }, version).then(buffer)
    await assert.rejects(read(other), isCode('STORAGE_UNAVAILABLE'))
    assert.ok(BYTES.subarray(0, 10).equals(await read(generation)))
    await storage().remove(spec.name, generation)
    assert.equal(await storage().stat(spec.name), null)
  })

  it('returns a URL for the bytes of one version, with the requested response headers', async () => {
    const spec = specOf()
    await storeDelegated(storage(), spec, BYTES)
    const object = (await storage().stat(spec.name)) ?? assert.fail('it was stored')
    const url = await storage().downloads.url(object, {
      expiresAtSeconds: Math.floor(Date.now() / 1000) + 60,
      contentType: 'text/plain',
      contentDisposition: `attachment; filename="a.txt"; filename*=UTF-8''n%C3%A4me.txt`,
    })
    const response = await fetch(url, { headers: { range: 'bytes=5-14' } })
    assert.equal(response.status, 206)
    assert.ok(BYTES.subarray(5, 15).equals(Buffer.from(await response.arrayBuffer())))
    assert.equal(response.headers.get('content-type'), 'text/plain')
    assert.match(response.headers.get('content-disposition') ?? '', /^attachment; filename="a.txt"/)
    await storage().remove(spec.name)
    await storeDelegated(storage(), spec, BYTES)
    assert.equal((await fetch(url)).status, 404, 'the URL is for the removed version')
  })

  it('refuses a name that is too long for the provider', async () => {
    const spec = { ...specOf(), name: `files/${'x'.repeat(1024)}` }
    await assert.rejects(storage().uploads.create(spec, termsOf(BYTES)), isCode('VALIDATION_ERROR'))
    const written = storage().write(spec, bodyOf(BYTES), BYTES.length)
    await assert.rejects(written, isCode('VALIDATION_ERROR'))
  })
}
