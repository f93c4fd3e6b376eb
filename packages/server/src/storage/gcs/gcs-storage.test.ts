import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { BUCKET, type Seen } from '../../../test/gcs/exchange.ts'
import { type GoogleFixture, startGoogleFixture } from '../../../test/gcs/google-fixture.ts'
import { createKeyFile, type KeyFile } from '../../../test/gcs/key-file.ts'
import { ServiceError } from '../../domain/errors.ts'
import { NO_HASHES } from '../../domain/uploads/upload-session.ts'
import { describeDelegatedStorage } from '../storage.conformance.ts'
import { openGcsStorage } from './gcs-storage.ts'

const FACTS = { contentType: 'text/plain', sizeBytes: 1, crc32c: 'AAAAAA==', md5: null, sha256: null }

for (const prefix of ['', 'a/prefix/']) {
  describeDelegatedStorage(`a fixture of Google Cloud Storage, with the prefix "${prefix}"`, async () => {
    const key = await createKeyFile()
    process.env.GOOGLE_APPLICATION_CREDENTIALS = key.path
    const google = await startGoogleFixture(key)
    const storage = await openGcsStorage({ bucket: BUCKET, prefix, emulatorUrl: google.url })
    const remove = async () => {
      await google.close()
      await key.remove()
    }
    return { storage, remove }
  })
}

describe('a bucket that several processes share', () => {
  const SPEC = { name: 'files/org_1/file_1/a.bin', contentType: 'text/plain' }
  let key: KeyFile
  let google: GoogleFixture
  before(async () => {
    key = await createKeyFile()
    google = await startGoogleFixture(key)
  })
  after(async () => {
    await google.close()
    await key.remove()
  })
  const open = (prefix = '') => openGcsStorage({ bucket: BUCKET, prefix, emulatorUrl: google.url })

  it('refuses uploads of parts', async () => {
    const { parts } = await open()
    const part = { name: SPEC.name, partId: '1' }
    const isRefused = (error: unknown) => error instanceof ServiceError && error.code === 'INVALID_REQUEST'
    await assert.rejects(parts.write(part, Readable.from([]), { maxBytes: 1 }), isRefused)
    await assert.rejects(parts.link(part, 'files/another'), isRefused)
    await assert.rejects(parts.list(SPEC.name), isRefused)
    await assert.rejects(parts.complete(SPEC, [{ partId: '1', version: null }], NO_HASHES), isRefused)
  })

  it('gives one key to processes that start concurrently, so that each can cancel sessions of the others', async () => {
    const storages = await Promise.all([open(), open(), open()])
    for (const [ours, theirs] of [
      [storages[0], storages[1]],
      [storages[1], storages[2]],
      [storages[2], storages[0]],
    ] as const) {
      const { handle } = await ours.uploads.create(SPEC, { sizeBytes: 3, origin: null })
      assert.equal(await theirs.uploads.received(handle), 0)
      await theirs.uploads.cancel(handle)
      assert.equal(await ours.uploads.received(handle), null)
    }
  })

  for (const how of [400, 401, 403, 411, 412] as const) {
    it(`does not treat a session as cancelled when Google responds with ${how}`, async () => {
      const storage = await open()
      const { sessionUri, handle } = await storage.uploads.create(SPEC, { sizeBytes: 3, origin: null })
      const isEnding = ({ method, url }: Seen) => method === 'DELETE' && url.includes('upload_id=')
      google.fail({ times: 1, matches: isEnding, how })
      await assert.rejects(storage.uploads.cancel(handle), ServiceError)
      await storage.uploads.cancel(handle)
      assert.equal(google.seen().findLast(isEnding)?.headers['content-length'], '0')
      assert.equal((await fetch(sessionUri, { method: 'PUT', body: 'abc' })).status, 499)
      await storage.uploads.cancel(handle)
    })
  }

  it('separates installations with different prefixes', async () => {
    const [ours, theirs] = [await open('ours/'), await open('theirs/')]
    const { handle } = await ours.uploads.create(SPEC, { sizeBytes: 3, origin: null })
    assert.equal(await theirs.uploads.received(handle), null)
    assert.equal(await ours.inventory.owner('us'), 'us')
    assert.equal(await theirs.inventory.owner('them'), 'them')
  })

  it('lists more objects than fit into one page', async () => {
    const createdAtMs = Date.now()
    const facts = { ...FACTS, createdAtMs }
    const names = Array.from(
      { length: 2500 },
      (_, index) => `files/org_1/file_${String(index).padStart(4, '0')}/a.bin`,
    )
    for (const name of names) {
      const metadata = { ...facts, name: `many/${name}`, generation: String(createdAtMs * 1000) }
      google.bucket.add({ metadata, bytes: Buffer.alloc(1) })
    }
    const storage = await open('many/')
    const listed: string[] = []
    for await (const entry of storage.inventory.list(0))
      listed.push('name' in entry ? (entry.name ?? '') : '')
    assert.deepEqual(listed, names)
  })

  it('lists objects with names that this service never creates as foreign, similar names included', async () => {
    const facts = { ...FACTS, createdAtMs: 1 }
    const add = (name: string) =>
      google.bucket.add({ metadata: { ...facts, name, generation: '1' }, bytes: Buffer.alloc(1) })
    const own = ['files/org_1/file_1/a.bin', `doctor/${'0a'.repeat(16)}`]
    const inner = ['test/', 'files/', 'files/org_1/', 'files/org_1/file_1/', 'doctor/'].flatMap((folder) =>
      [...own, '.waybill/owner'].map((name) => folder + name),
    )
    const others = [
      'a.txt',
      'files/org_1/a.bin',
      'files/a/b/c',
      'doctor/a',
      'files/org_1/ak_1/a.bin',
      'files/org_1/file_1/',
    ]
    for (const name of [...own, ...inner, ...others]) add(`outer/${name}`)
    const storage = await open('outer/')
    const found = { object: new Set<string>(), foreign: new Set<string>() }
    for await (const entry of storage.inventory.list(0)) {
      assert.ok(entry.kind === 'object' || entry.kind === 'foreign')
      found[entry.kind].add(entry.name)
    }
    assert.deepEqual(found, { object: new Set(own), foreign: new Set([...inner, ...others]) })
  })

  it('fails its check when its session key is missing', async () => {
    const storage = await open('gone/')
    await storage.check()
    google.bucket.delete('gone/.waybill/session-key')
    await assert.rejects(storage.check(), ServiceError)
  })
})
