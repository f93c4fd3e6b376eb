import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { crc32c, crc32cToBase64 } from '../../src/platform/crc32c.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { bodyOf, inventoryOf, isCode, listAll, specOf } from '../../src/storage/objects.conformance.ts'
import type { PartLimits } from '../../src/storage/part-uploads.ts'
import type { S3Location } from '../../src/storage/s3/s3-location.ts'
import type { UploadSpec } from '../../src/storage/stored-object.ts'
import { eventually } from '../clients/eventually.ts'
import { startFaultyProxy } from './faulty-proxy.ts'
import { openBucket } from './open-bucket.ts'

const MIB = 1024 * 1024
/** Parts of several pieces, of one, of less than S3 joins, and of none. */
const SIZES = [22 * MIB + 7, 10, 0, 8 * MIB, 100_000, 3 * MIB, 6 * MIB + 1]
const PARTS = SIZES.map((size) => randomBytes(size))
const BYTES = Buffer.concat(PARTS)
const IDS = PARTS.map((_, index) => `part_${index}`)
const ALL = IDS.map((partId) => ({ partId, version: null }))
/** Request that stores the record of an upload. */
const RECORD = /^PUT [^?]*\/record(\?|$)/

function openBody(bytes: Buffer): Readable {
  const body = new Readable({ read() {} })
  for (let start = 0; start < bytes.length; start += MIB) {
    body.push(Buffer.from(bytes.subarray(start, start + MIB)))
  }
  return body
}

function clientOf({ endpoint, region, credentials }: S3Location): S3Client {
  return new S3Client({
    ...(endpoint !== null && { endpoint }),
    region,
    forcePathStyle: true,
    ...(credentials !== null && { credentials }),
  })
}

/** Returns the keys that the storage has for itself below a folder. */
async function keysIn(location: S3Location, folder: string): Promise<(string | undefined)[]> {
  const { bucket, prefix } = location
  const client = clientOf(location)
  const input = { Bucket: bucket, Prefix: `${prefix}.waybill/${folder}` }
  const { Contents = [] } = await client.send(new ListObjectsV2Command(input))
  client.destroy()
  return Contents.map(({ Key }) => Key)
}

/** Tests uploads of parts to a bucket that two processes share. */
export function describeS3Parts(kind: string, location: () => Promise<S3Location>): void {
  describe(`uploads of parts to ${kind}`, () => {
    let place: S3Location
    let ours: HostedStorage
    let theirs: HostedStorage
    let tight: HostedStorage
    before(async () => {
      place = await location()
      ours = await openBucket(place, { isShared: true })
      theirs = await openBucket(place, { isShared: true })
      tight = await openBucket(place, { memoryBytes: 0 })
    })
    after(() => Promise.all([ours, theirs, tight].map((storage) => storage.close())))

    const write = (
      storage: HostedStorage,
      { name }: UploadSpec,
      partId: string,
      bytes: Buffer,
      limits: Partial<PartLimits> = {},
    ) => storage.parts.write({ name, partId }, bodyOf(bytes), { maxBytes: bytes.length, ...limits })

    const store = async (storage: HostedStorage, spec: UploadSpec, partId: string, bytes: Buffer) => {
      const written = await write(storage, spec, partId, bytes)
      assert.ok(written.kind === 'part', written.kind)
      return written.part
    }

    /** Stores the parts at the same time, through the storages in turn. */
    const storeAll = (spec: UploadSpec, ...storages: HostedStorage[]) =>
      Promise.all(
        PARTS.map((bytes, index) => {
          const storage = storages[index % storages.length] ?? ours
          return store(storage, spec, IDS[index] ?? '', bytes)
        }),
      )

    const complete = (storage: HostedStorage, spec: UploadSpec, choices = ALL, expected = NO_HASHES) =>
      storage.parts.complete(spec, choices, expected)

    /** Keys of everything that unfinished uploads have left. */
    const orphans = async () => (await listAll(ours)).filter(({ kind }) => kind === 'orphan')

    const assertStored = async (spec: UploadSpec, bytes = BYTES) => {
      assert.ok(bytes.equals(await buffer(await theirs.read(spec.name))), 'the object has other bytes')
      const object = await theirs.stat(spec.name)
      assert.equal(object?.crc32c, crc32cToBase64(crc32c(bytes)))
      assert.deepEqual(
        (await inventoryOf(ours, spec)).map(({ kind }) => kind),
        ['object'],
      )
      assert.deepEqual(await orphans(), [])
    }

    it('joins parts of all sizes that two processes have received', async () => {
      const spec = { ...specOf(), checksums: ['sha256'] as const }
      await storeAll(spec, ours, theirs)
      assert.deepEqual(await ours.parts.list(spec.name), await theirs.parts.list(spec.name))
      const completed = await complete(theirs, spec)
      assert.ok(completed.kind === 'object')
      assert.equal(completed.object.sha256, createHash('sha256').update(BYTES).digest('base64'))
      await assertStored(spec)
    })

    it('joins what did not fit in memory', async () => {
      const spec = specOf()
      await storeAll(spec, tight)
      assert.equal((await complete(tight, spec)).kind, 'object')
      await assertStored(spec)
    })

    it('delivers ranges across the ends of parts, also of a copy', async () => {
      const [spec, copy] = [specOf(), specOf()]
      await storeAll(spec, ours)
      const completed = await complete(ours, spec)
      assert.ok(completed.kind === 'object')
      assert.ok(await theirs.copy(copy, completed.object))
      await ours.remove(spec.name)
      for (const [index] of SIZES.entries()) {
        const position = SIZES.slice(0, index + 1).reduce((sum, size) => sum + size, 0)
        const range = { start: position - 5, end: Math.min(position + 5, BYTES.length - 1) }
        const read = await buffer(await theirs.read(copy.name, range))
        assert.ok(BYTES.subarray(range.start, range.end + 1).equals(read), `range at ${position}`)
      }
      await assertStored(copy)
    })

    it('accepts parts of two processes only as far as their sum allows', async () => {
      const spec = specOf()
      const accepts: PartLimits['accepts'] = (earlier, { sizeBytes }) =>
        earlier.reduce((sum, part) => sum + part.sizeBytes, sizeBytes) <= 1000
      const outcomes = await Promise.all(
        [400, 300, 500, 200, 600, 100].map((size, index) =>
          write(index % 2 === 0 ? ours : theirs, spec, `${index}`, Buffer.alloc(size), { accepts }),
        ),
      )
      const listed = await ours.parts.list(spec.name)
      const stored = outcomes.flatMap((outcome) => (outcome.kind === 'part' ? [outcome.part] : []))
      assert.deepEqual(
        listed.map(({ partId }) => partId).toSorted(),
        stored.map(({ partId }) => partId),
      )
      const sum = listed.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
      assert.ok(sum > 0 && sum <= 1000, `${sum}`)
      await ours.uploads.cancel(spec.name)
    })

    it('creates one object when two processes complete the same parts', async () => {
      const spec = specOf()
      await storeAll(spec, ours, theirs)
      const [first, second] = await Promise.all([complete(ours, spec), complete(theirs, spec)])
      assert.equal(first.kind, 'object')
      assert.deepEqual(second, first)
      assert.deepEqual(await complete(theirs, spec, ALL.toReversed()), { kind: 'closed' })
      await assertStored(spec)
    })

    it('creates one object when two processes complete other lists of parts', async () => {
      const spec = specOf()
      await storeAll(spec, ours, theirs)
      const outcomes = await Promise.all([complete(ours, spec), complete(theirs, spec, ALL.toReversed())])
      assert.deepEqual(outcomes.map(({ kind }) => kind).toSorted(), ['closed', 'object'])
      const isOurs = outcomes[0]?.kind === 'object'
      await assertStored(spec, isOurs ? BYTES : Buffer.concat(PARTS.toReversed()))
    })

    it('ends an upload in all processes when one of them completes or cancels it', async () => {
      for (const end of [
        (spec: UploadSpec) => complete(ours, spec, [{ partId: '1', version: null }]),
        (spec: UploadSpec) => ours.uploads.cancel(spec.name),
      ]) {
        const spec = specOf()
        await store(ours, spec, '1', Buffer.from('one'))
        const body = openBody(BYTES)
        const late = theirs.parts.write({ name: spec.name, partId: '2' }, body, { maxBytes: BYTES.length })
        await store(theirs, spec, '3', Buffer.from('the late body has begun'))
        await end(spec)
        body.push(null)
        assert.deepEqual(await late, { kind: 'closed' })
        assert.deepEqual(await theirs.parts.list(spec.name), [])
        assert.deepEqual(await orphans(), [])
      }
    })

    it('lets no process complete a part that another one has replaced', async () => {
      const spec = specOf()
      const { version } = await store(ours, spec, '1', Buffer.from('old'))
      await store(theirs, spec, '1', Buffer.from('new'))
      const invalid = { kind: 'invalid-parts', partIds: ['1'] }
      assert.deepEqual(await ours.parts.complete(spec, [{ partId: '1', version }], NO_HASHES), invalid)
      await complete(ours, spec, [{ partId: '1', version: null }])
      await assertStored(spec, Buffer.from('new'))
    })

    for (const [then, meanwhile] of [
      ['replaced by another process', (spec: UploadSpec) => store(theirs, spec, '1', Buffer.from('new'))],
      [
        'joined by another process',
        (spec: UploadSpec) => complete(theirs, spec, [{ partId: '1', version: null }]),
      ],
    ] as const) {
      it(`keeps a part whose storage is confirmed too late, ${then} meanwhile`, async () => {
        const spec = specOf()
        await store(ours, spec, 'first', Buffer.from('the upload begins'))
        const proxy = await startFaultyProxy(place.endpoint ?? '')
        const process = await openBucket({ ...place, endpoint: proxy.url }, { isShared: true })
        const held = proxy.hold(RECORD)
        const writing = write(process, spec, '1', Buffer.from('old'))
        const lose = await held
        await meanwhile(spec)
        lose()
        const { kind } = await writing
        if (then === 'replaced by another process') {
          assert.equal(kind, 'part')
          await complete(ours, spec, [{ partId: '1', version: null }])
        }
        await assertStored(spec, Buffer.from(then.startsWith('replaced') ? 'new' : 'old'))
        await process.close()
        await proxy.close()
      })
    }

    /** Lets a process begin to join the parts, and fail. `isLasting`: it reaches the storage no more. */
    const failToJoin = async (spec: UploadSpec, isLasting: boolean, failing = /^PUT .*partNumber=/) => {
      const proxy = await startFaultyProxy(place.endpoint ?? '')
      const process = await openBucket({ ...place, endpoint: proxy.url }, { isShared: true })
      proxy.refuse(failing, isLasting)
      await assert.rejects(complete(process, spec), isCode('STORAGE_UNAVAILABLE'))
      proxy.lift()
      await process.close()
      await proxy.close()
    }

    it('leaves an upload as it was when the parts cannot be joined', async () => {
      const spec = specOf()
      await storeAll(spec, ours)
      const listed = await ours.parts.list(spec.name)
      await failToJoin(spec, false)
      assert.equal(await ours.stat(spec.name), null)
      assert.deepEqual(await theirs.parts.list(spec.name), listed)
      await store(theirs, spec, 'added', Buffer.from('more'))
      assert.equal((await complete(theirs, spec)).kind, 'object')
      await assertStored(spec)
    })

    it('keeps no checksums of a completion that failed at its last request', async () => {
      const spec = specOf()
      await storeAll(spec, ours)
      await failToJoin(spec, false, /^POST .*uploadId=/)
      const checksums = `objects/${createHash('sha256').update(spec.name).digest('hex')}`
      assert.equal((await keysIn(place, checksums)).length, 1)
      await theirs.uploads.cancel(spec.name)
      assert.deepEqual(await keysIn(place, checksums), [])
    })

    it('stores no part while a completion that was interrupted can go on, and finishes it', async () => {
      const spec = specOf()
      await storeAll(spec, ours)
      await failToJoin(spec, true)
      assert.deepEqual(await write(theirs, spec, 'late', Buffer.from('late')), { kind: 'closed' })
      assert.equal((await theirs.parts.list(spec.name)).length, PARTS.length)
      assert.equal((await complete(theirs, spec)).kind, 'object')
      await assertStored(spec)
    })

    it('finishes an interrupted completion also for a request with another list, which gets no object', async () => {
      const spec = specOf()
      await storeAll(spec, ours)
      await failToJoin(spec, true)
      assert.deepEqual(await complete(theirs, spec, ALL.toReversed()), { kind: 'closed' })
      await assertStored(spec)
    })

    it('removes an upload whose completion was interrupted', async () => {
      const spec = specOf()
      await storeAll(spec, ours)
      await failToJoin(spec, true)
      await theirs.uploads.cancel(spec.name)
      assert.deepEqual(await inventoryOf(ours, spec), [])
      assert.deepEqual(await keysIn(place, 'uploads/'), [])
      assert.equal((await complete(ours, spec)).kind, 'invalid-parts')
    })

    it('keeps the bytes of a body that is arriving, which no record names, until the upload ends', async () => {
      const spec = specOf()
      const body = openBody(PARTS[0] ?? BYTES)
      const writing = ours.parts.write({ name: spec.name, partId: '1' }, body, { maxBytes: BYTES.length })
      await eventually('a piece is stored', async () => (await keysIn(place, 'uploads/')).length > 1)
      assert.deepEqual(await orphans(), [])
      await theirs.uploads.cancel(spec.name)
      body.push(null)
      assert.deepEqual(await writing, { kind: 'closed' })
      assert.deepEqual(await keysIn(place, 'uploads/'), [])
    })

    it('finds and removes what a crash has left of an upload that has ended', async () => {
      const spec = specOf()
      await store(ours, spec, '1', Buffer.from('one'))
      const [piece] = (await keysIn(place, 'uploads/')).filter((key) => /part-/.test(key ?? ''))
      await ours.uploads.cancel(spec.name)
      const client = clientOf(place)
      await client.send(new PutObjectCommand({ Bucket: place.bucket, Key: piece, Body: 'left' }))
      client.destroy()
      const [orphan, ...others] = await orphans()
      assert.ok(orphan?.kind === 'orphan')
      assert.deepEqual([orphan.name, others], [null, []])
      assert.equal(await theirs.inventory.removeOrphan(orphan.id), true)
      assert.deepEqual(await keysIn(place, 'uploads/'), [])
    })
  })
}
