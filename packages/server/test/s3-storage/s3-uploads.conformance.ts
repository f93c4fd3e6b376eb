import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import type { UploadWriter } from '../../src/storage/hosted-uploads.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { bodyOf, inventoryOf, isCode, specOf } from '../../src/storage/objects.conformance.ts'
import type { S3Location } from '../../src/storage/s3/s3-location.ts'
import type { UploadSpec } from '../../src/storage/stored-object.ts'
import { eventually } from '../clients/eventually.ts'
import { openBucket } from './open-bucket.ts'

const MIB = 1024 * 1024
/** Two complete parts of 5 MiB and a tail. */
const BYTES = randomBytes(12 * MIB + 345)
const SHA256 = createHash('sha256').update(BYTES).digest('base64')
const all = { skipBytes: 0, maxBytes: BYTES.length }

async function claim(storage: HostedStorage, spec: UploadSpec, expectedBytes: number | null = null) {
  const writer = await storage.uploads.claim(spec, expectedBytes)
  assert.ok(writer, 'the object is not complete yet')
  return writer
}

/** Sends the next bytes up to `end`, and commits those up to `keep`. */
async function send(storage: HostedStorage, spec: UploadSpec, end: number, keep = end): Promise<void> {
  const writer = await claim(storage, spec)
  await writer.append(bodyOf(BYTES.subarray(writer.startOffset, end)), all)
  await writer.commit(keep)
}

async function finish(writer: UploadWriter, expected = NO_HASHES) {
  await writer.append(bodyOf(BYTES.subarray(writer.startOffset)), all)
  return writer.finalize(expected)
}

/** Returns the first chunks of the body, which stays open, as slow clients send them. */
function openBody(bytes: Buffer): Readable {
  const body = new Readable({ read() {} })
  for (let start = 0; start < bytes.length; start += MIB)
    body.push(Buffer.from(bytes.subarray(start, start + MIB)))
  return body
}

/** Tests uploads of several parts to a bucket that two processes share. */
export function describeS3Uploads(kind: string, location: () => Promise<S3Location>): void {
  describe(`uploads of several parts to ${kind}`, () => {
    let ours: HostedStorage
    let theirs: HostedStorage
    let tight: HostedStorage
    before(async () => {
      const place = await location()
      ours = await openBucket(place, { isShared: true })
      theirs = await openBucket(place, { isShared: true })
      tight = await openBucket(place, { memoryBytes: 0 })
    })
    after(() => Promise.all([ours, theirs, tight].map((storage) => storage.close())))

    const assertStored = async (spec: UploadSpec) => {
      assert.ok(BYTES.equals(await buffer(await ours.read(spec.name))), 'the object has other bytes')
      const entries = await inventoryOf(ours, spec)
      assert.deepEqual(
        entries.map(({ kind }) => kind),
        ['object'],
      )
      assert.equal(await ours.uploads.offset(spec.name), 0)
      assert.equal(await theirs.uploads.claim(spec, null), null)
    }

    it('stores a body of several parts', async () => {
      const spec = { ...specOf(), checksums: ['sha256'] as const }
      const finalized = await finish(await claim(ours, spec, BYTES.length))
      assert.ok(finalized.kind === 'object')
      assert.equal(finalized.object.sha256, SHA256)
      assert.deepEqual(finalized.object, await theirs.stat(spec.name))
      await assertStored(spec)
    })

    for (const ends of [
      [5 * MIB],
      [6 * MIB - 1],
      [6 * MIB, 10 * MIB],
      [7 * MIB, 7 * MIB + 1, 11 * MIB + 7],
    ]) {
      it(`continues in another process after ${ends.join(' and ')} bytes`, async () => {
        const spec = { ...specOf(), checksums: ['sha256'] as const }
        for (const [index, end] of ends.entries()) {
          await send(index % 2 === 0 ? ours : theirs, spec, end)
          assert.equal(await theirs.uploads.offset(spec.name), end)
        }
        const finalized = await finish(await claim(theirs, spec), { ...NO_HASHES, sha256: SHA256 })
        assert.ok(finalized.kind === 'object')
        assert.equal(finalized.object.sha256, SHA256)
        await assertStored(spec)
      })
    }

    it('keeps many small bodies', async () => {
      const spec = specOf()
      for (let end = 100; end <= 2000; end += 100) await send(ours, spec, end)
      assert.equal((await finish(await claim(ours, spec))).kind, 'object')
      await assertStored(spec)
    })

    it('drops all bytes of a body of several parts', async () => {
      const spec = specOf()
      await send(ours, spec, 3 * MIB)
      await send(ours, spec, BYTES.length, 3 * MIB)
      assert.equal(await theirs.uploads.offset(spec.name), 3 * MIB)
      await finish(await claim(theirs, spec))
      await assertStored(spec)
    })

    it('keeps no byte of a tentative body that is dropped, and stores other ones', async () => {
      const spec = specOf()
      await send(ours, spec, 1000)
      const writer = await claim(ours, spec)
      await writer.append(bodyOf(randomBytes(BYTES.length)), { ...all, isTentative: true })
      assert.equal(await theirs.uploads.offset(spec.name), 1000)
      await writer.commit(1000)
      await finish(await claim(theirs, spec))
      await assertStored(spec)
    })

    it('creates no object when a checksum differs that only a read can find', async () => {
      const spec = specOf()
      await send(ours, spec, 7 * MIB)
      const other = createHash('sha256').update('other').digest('base64')
      const finalized = await finish(await claim(theirs, spec), { ...NO_HASHES, sha256: other })
      assert.equal(finalized.kind, 'mismatch')
      assert.equal(await ours.stat(spec.name), null)
      await ours.uploads.cancel(spec.name)
      assert.deepEqual(await inventoryOf(ours, spec), [])
    })

    it('makes parts durable while a body arrives, and reports them', async () => {
      const spec = specOf()
      const writer = await claim(ours, spec, BYTES.length)
      const durable: number[] = []
      const body = openBody(BYTES.subarray(0, 7 * MIB))
      const appending = writer.append(body, { ...all, onDurable: (offset) => durable.push(offset) })
      await eventually('the first part is durable', () => durable.length > 0)
      assert.deepEqual(durable, [5 * MIB])
      assert.equal(await theirs.uploads.offset(spec.name), 5 * MIB)
      body.destroy()
      await appending
      await writer.commit(7 * MIB)
      await finish(await claim(theirs, spec))
      await assertStored(spec)
    })

    it('fences the writer of another process, whose bytes do not count', async () => {
      const spec = specOf()
      const older = await claim(ours, spec, BYTES.length)
      const body = openBody(BYTES.subarray(0, 7 * MIB))
      const appending = older.append(body, all)
      await eventually('the first part is durable', async () => (await theirs.uploads.offset(spec.name)) > 0)
      assert.equal(await theirs.uploads.fence(spec), 5 * MIB)
      for (let start = 7 * MIB; start < BYTES.length; start += MIB) {
        body.push(Buffer.from(BYTES.subarray(start, start + MIB)))
      }
      body.push(null)
      const ended = await appending
        .then(
          ({ offset }) => older.commit(offset),
          (error) => Promise.reject(error),
        )
        .catch((error) => error)
      assert.ok(isCode('UPLOAD_FENCED')(ended))
      await older.release()
      assert.equal(await ours.uploads.offset(spec.name), 5 * MIB)
      await finish(await claim(theirs, spec))
      await assertStored(spec)
    })

    it('fences a writer of a small body that has stored nothing yet', async () => {
      const spec = specOf()
      const older = await claim(ours, spec, 1000)
      await older.append(bodyOf(BYTES.subarray(0, 900)), all)
      assert.equal(await theirs.uploads.fence(spec), 0)
      await assert.rejects(older.commit(900), isCode('UPLOAD_FENCED'))
      assert.equal(await ours.uploads.offset(spec.name), 0)
    })

    it('stores what does not fit in memory, and joins it later', async () => {
      const spec = { ...specOf(), checksums: ['sha256'] as const }
      const finalized = await finish(await claim(tight, spec, BYTES.length), { ...NO_HASHES, sha256: SHA256 })
      assert.equal(finalized.kind, 'object')
      await assertStored(spec)
    })

    it('copies an object of several parts', async () => {
      const [spec, copy] = [specOf(), specOf()]
      await finish(await claim(ours, spec))
      const source = (await ours.stat(spec.name)) ?? assert.fail('it was stored')
      const copied = await theirs.copy({ ...copy, checksums: ['sha256'] }, source)
      assert.equal(copied?.sha256, SHA256)
      await ours.remove(spec.name)
      await assertStored(copy)
    })

    it('removes a cancelled upload from all processes', async () => {
      const spec = specOf()
      await send(ours, spec, 7 * MIB)
      const writer = await claim(ours, spec)
      await writer.append(bodyOf(BYTES.subarray(7 * MIB, 8 * MIB)), all)
      await theirs.uploads.cancel(spec.name)
      await assert.rejects(writer.commit(8 * MIB), isCode('UPLOAD_FENCED'))
      const left = (await inventoryOf(ours, spec)).map(({ kind }) => kind)
      assert.deepEqual(left, [])
      for await (const entry of ours.inventory.list(0)) {
        if (entry.kind === 'orphan') assert.equal(await ours.inventory.removeOrphan(entry.id), true)
      }
    })
  })
}
