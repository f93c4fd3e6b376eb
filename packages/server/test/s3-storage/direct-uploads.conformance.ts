import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { crc32c, crc32cToBase64 } from '../../src/platform/crc32c.ts'
import type { DirectUpload, DirectUploads, DirectUrl } from '../../src/storage/direct-uploads.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { bodyOf, inventoryOf, isCode, specOf } from '../../src/storage/objects.conformance.ts'
import type { S3Location } from '../../src/storage/s3/s3-location.ts'
import { openBucket } from './open-bucket.ts'

const MIB = 1024 * 1024
/** Two parts of 8 MiB and a shorter one. */
const BYTES = randomBytes(16 * MIB + 777)
const SHA256 = createHash('sha256').update(BYTES).digest('base64')
const HOUR = 3600

/** Sends the bytes of a part as a client does. Returns the status and the entity tag. */
async function put({ url }: DirectUrl, bytes: Buffer) {
  const response = await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) })
  await response.arrayBuffer()
  return { status: response.status, etag: response.headers.get('etag') ?? '' }
}

/** Tests uploads whose parts clients send to the S3 server. */
export function describeDirectUploads(kind: string, location: () => Promise<S3Location>): void {
  describe(`direct uploads to ${kind}`, () => {
    let storage: HostedStorage
    let other: HostedStorage
    let direct: DirectUploads
    before(async () => {
      const place = { ...(await location()), isDirect: true }
      storage = await openBucket(place, { isShared: true })
      other = await openBucket(place, { isShared: true })
      direct = storage.directUploads ?? assert.fail('the storage has direct uploads')
    })
    after(() => Promise.all([storage.close(), other.close()]))

    const newUpload = (): DirectUpload => ({
      spec: { ...specOf(), checksums: ['sha256'] },
      sizeBytes: BYTES.length,
    })
    const bytesOf = (number: number) => BYTES.subarray((number - 1) * 8 * MIB, number * 8 * MIB)
    const sign = async (upload: DirectUpload, numbers: readonly number[]) =>
      (await direct.sign(upload, numbers, HOUR)) ?? assert.fail('the object is complete')
    const sendAll = async (upload: DirectUpload) => {
      const urls = await sign(upload, [1, 2, 3])
      const sent = await Promise.all(urls.map((url) => put(url, bytesOf(url.number))))
      return sent.map(({ etag }, index) => ({ number: index + 1, etag }))
    }

    it('joins the parts that a client sent in any order', async () => {
      assert.deepEqual(direct.plan(BYTES.length), { partBytes: 8 * MIB, partCount: 3 })
      const upload = newUpload()
      const parts = await sendAll(upload)
      assert.equal(await storage.stat(upload.spec.name), null)
      const completed = await direct.complete(upload, parts.toReversed(), NO_HASHES)
      assert.ok(completed.kind === 'object')
      assert.equal(completed.object.crc32c, crc32cToBase64(crc32c(BYTES)))
      assert.equal(completed.object.sha256, SHA256)
      assert.deepEqual(await other.stat(upload.spec.name), completed.object)
      assert.ok(BYTES.equals(await buffer(await other.read(upload.spec.name))))
      assert.deepEqual(await direct.complete(upload, parts, NO_HASHES), completed)
      assert.equal(await direct.sign(upload, [1], HOUR), null)
      const entries = await inventoryOf(storage, upload.spec)
      assert.deepEqual(
        entries.map(({ kind }) => kind),
        ['object'],
      )
    })

    it('signs for one upload in several processes', async () => {
      const upload = newUpload()
      const theirs = other.directUploads ?? assert.fail('the storage has direct uploads')
      const [ours, others] = await Promise.all([sign(upload, [1]), theirs.sign(upload, [2], HOUR)])
      const idOf = (urls: readonly DirectUrl[] | null) =>
        new URL(urls?.[0]?.url ?? '').searchParams.get('uploadId')
      assert.equal(idOf(ours), idOf(others))
    })

    it('refuses a part of another size, at the server', async () => {
      const upload = newUpload()
      const [first] = await sign(upload, [1])
      const answer = await put(first ?? assert.fail(), bytesOf(1).subarray(1))
      assert.equal(answer.status, 403)
    })

    it('creates no object from parts that are missing, or have another entity tag', async () => {
      const upload = newUpload()
      const parts = await sendAll(upload)
      const wrong = parts.map((part) => (part.number === 2 ? { ...part, etag: `"${'0'.repeat(32)}"` } : part))
      for (const [named, partIds] of [
        [parts.slice(1), ['1']],
        [wrong, ['2']],
      ] as const) {
        assert.deepEqual(await direct.complete(upload, named, NO_HASHES), { kind: 'invalid-parts', partIds })
      }
      assert.equal(await storage.stat(upload.spec.name), null)
      assert.equal((await direct.complete(upload, parts, NO_HASHES)).kind, 'object')
    })

    it('takes the part that was sent last', async () => {
      const upload = newUpload()
      await sendAll({ ...upload })
      const [again] = await sign(upload, [2])
      const other = await put(again ?? assert.fail(), randomBytes(8 * MIB))
      const parts = await sendAll(upload)
      assert.notEqual(parts[1]?.etag, other.etag)
      assert.equal((await direct.complete(upload, parts, NO_HASHES)).kind, 'object')
      assert.ok(BYTES.equals(await buffer(await storage.read(upload.spec.name))))
    })

    it('creates no object when the announced checksum differs', async () => {
      const upload = newUpload()
      const parts = await sendAll(upload)
      const sha256 = createHash('sha256').update('other').digest('base64')
      assert.equal((await direct.complete(upload, parts, { ...NO_HASHES, sha256 })).kind, 'mismatch')
      assert.equal(await storage.stat(upload.spec.name), null)
      assert.deepEqual(await inventoryOf(storage, upload.spec), [])
    })

    it('takes no bytes through this service, nor direct parts of an upload with such bytes', async () => {
      const [upload, hosted] = [newUpload(), newUpload()]
      await sign(upload, [1])
      await assert.rejects(storage.uploads.claim(upload.spec, null), isCode('UPLOAD_FENCED'))
      assert.equal(await storage.uploads.offset(upload.spec.name), 0)
      assert.equal(await storage.uploads.fence(upload.spec), 0)
      const writer = (await storage.uploads.claim(hosted.spec, null)) ?? assert.fail('the upload is free')
      await writer.append(bodyOf(bytesOf(1)), { skipBytes: 0, maxBytes: BYTES.length })
      await writer.commit(bytesOf(1).length)
      await assert.rejects(direct.sign(hosted, [1], HOUR), isCode('INVALID_REQUEST'))
    })

    it('removes an upload that is cancelled', async () => {
      const upload = newUpload()
      const parts = await sendAll(upload)
      const urls = await sign(upload, [1])
      await storage.uploads.cancel(upload.spec.name)
      assert.equal((await put(urls[0] ?? assert.fail(), bytesOf(1))).status, 404)
      assert.equal((await direct.complete(upload, parts, NO_HASHES)).kind, 'invalid-parts')
      assert.deepEqual(await inventoryOf(storage, upload.spec), [])
    })

    it('refuses a number that the upload does not have', async () => {
      await assert.rejects(direct.sign(newUpload(), [4], HOUR), isCode('INVALID_REQUEST'))
    })
  })
}
