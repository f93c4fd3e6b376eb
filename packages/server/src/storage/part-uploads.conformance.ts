import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { it } from 'node:test'
import { NO_HASHES } from '../domain/uploads/upload-session.ts'
import { crc32c, crc32cToBase64 } from '../platform/crc32c.ts'
import { storeHosted } from './hosted-uploads.conformance.ts'
import type { HostedStorage } from './object-storage.ts'
import { bodyOf, inventoryOf, isCode, specOf } from './objects.conformance.ts'
import type { PartChoice, PartLimits, PartWritten, StoredPart } from './part-uploads.ts'
import type { UploadSpec } from './stored-object.ts'

/** Parts of several blocks, of one block exactly, of a few bytes and of none. */
const SIZES = [1_500_000, 1_048_576, 10, 0, 2_200_001] as const
const PARTS = SIZES.map((size) => randomBytes(size))
const BYTES = Buffer.concat(PARTS)
const IDS = PARTS.map((_, index) => `part_${index}`)

const all = (ids: readonly string[]): PartChoice[] => ids.map((partId) => ({ partId, version: null }))
const base64 = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest('base64')
const crcOf = (bytes: Buffer) => crc32cToBase64(crc32c(bytes))
/** A body that has begun and does not end by itself. */
const openBody = (bytes: Buffer) => {
  const body = new Readable({ read() {} })
  body.push(Buffer.from(bytes))
  return body
}

/** Tests the promises of `PartUploads`. */
export function testPartUploads(storage: () => HostedStorage): void {
  const write = (
    { name }: UploadSpec,
    partId: string,
    bytes: Buffer,
    limits: Partial<PartLimits> = {},
  ): Promise<PartWritten> =>
    storage().parts.write({ name, partId }, bodyOf(bytes), { maxBytes: bytes.length, ...limits })

  const store = async (spec: UploadSpec, partId: string, bytes: Buffer): Promise<StoredPart> => {
    const written = await write(spec, partId, bytes)
    assert.ok(written.kind === 'part', written.kind)
    return written.part
  }

  const storeAll = (spec: UploadSpec) =>
    Promise.all(IDS.map((partId, index) => store(spec, partId, PARTS[index] ?? Buffer.alloc(0))))

  const complete = (spec: UploadSpec, parts: readonly PartChoice[], expected = NO_HASHES) =>
    storage().parts.complete(spec, parts, expected)

  const assertBytes = async (spec: UploadSpec, bytes: Buffer) =>
    assert.ok(bytes.equals(await buffer(await storage().read(spec.name))), 'the object has other bytes')

  it('joins parts that arrive at the same time, in the order of the list', async () => {
    const spec = specOf()
    await storeAll(spec)
    const completed = await complete(spec, all(IDS))
    const object = await storage().stat(spec.name)
    assert.deepEqual(completed, { kind: 'object', object })
    assert.deepEqual({ ...object, ...spec, sizeBytes: BYTES.length, crc32c: crcOf(BYTES) }, object)
    assert.equal(object?.md5, null)
    await assertBytes(spec, BYTES)
  })

  it('joins parts in another order than they were stored, and drops the ones that are not listed', async () => {
    const spec = specOf()
    await storeAll(spec)
    await complete(spec, all(['part_4', 'part_0']))
    await assertBytes(spec, Buffer.concat([PARTS[4] ?? BYTES, PARTS[0] ?? BYTES]))
    assert.deepEqual(await storage().parts.list(spec.name), [])
  })

  const last = BYTES.length - 1
  const secondStart = 1_500_000
  for (const [start, end] of [
    [0, 0],
    [0, last],
    [secondStart - 1, secondStart],
    [secondStart, secondStart + 1_048_575],
    [1_400_000, 3_000_000],
    [secondStart + 1_048_576, secondStart + 1_048_590],
    [last, last],
  ] as const) {
    it(`reads the range ${start}-${end} of several parts`, async () => {
      const spec = specOf()
      await storeAll(spec)
      await complete(spec, all(IDS))
      const read = await buffer(await storage().read(spec.name, { start, end }))
      assert.ok(BYTES.subarray(start, end + 1).equals(read))
    })
  }

  it('returns the size and the requested checksums of a part', async () => {
    const spec = specOf()
    const [bytes = BYTES] = PARTS
    const limits = { maxBytes: bytes.length }
    const part = { name: spec.name, partId: '1', checksums: ['md5', 'sha1'] as const }
    const written = await storage().parts.write(part, bodyOf(bytes), limits)
    assert.ok(written.kind === 'part')
    const { sizeBytes, crc32c, digests } = written.part
    const wanted = { md5: base64('md5', bytes), sha1: base64('sha1', bytes) }
    assert.deepEqual(
      { sizeBytes, crc32c, digests },
      { sizeBytes: bytes.length, crc32c: crcOf(bytes), digests: wanted },
    )
    assert.deepEqual(await storage().parts.list(spec.name), [written.part])
  })

  it('lists the stored parts in the order in which they were stored', async () => {
    const spec = specOf()
    assert.deepEqual(await storage().parts.list(spec.name), [])
    const stored: StoredPart[] = []
    for (const id of ['7', '3', '10']) stored.push(await store(spec, id, randomBytes(10)))
    assert.deepEqual(await storage().parts.list(spec.name), stored)
  })

  it('replaces a part that is stored again', async () => {
    const spec = specOf()
    const first = await store(spec, '1', Buffer.from('first'))
    await store(spec, '2', Buffer.from(' and'))
    const again = await store(spec, '1', Buffer.from(' again'))
    assert.notEqual(again.version, first.version)
    const listed = await storage().parts.list(spec.name)
    assert.deepEqual(listed.map(({ partId, version }) => ({ partId, version })).at(-1), {
      partId: '1',
      version: again.version,
    })
    assert.equal(listed.length, 2)
    await complete(spec, all(['2', '1']))
    await assertBytes(spec, Buffer.from(' and again'))
  })

  it('tells the bytes of the part that is replaced', async () => {
    const spec = specOf()
    const sizes = [5, 3, 4]
    const told: number[] = []
    for (const size of sizes) {
      const written = await write(spec, '1', Buffer.alloc(size))
      assert.ok(written.kind === 'part')
      told.push(written.replacedBytes)
    }
    assert.deepEqual(told, [0, 5, 3])
  })

  it('stores one of two bodies that arrive for a part at the same time, and never a mix', async () => {
    const spec = specOf()
    const bodies = [Buffer.alloc(1_200_000, 'a'), Buffer.alloc(1_300_000, 'b')]
    const outcomes = await Promise.all(bodies.map((bytes) => write(spec, '1', bytes)))
    const [part, ...others] = await storage().parts.list(spec.name)
    assert.deepEqual(others, [])
    const replaced = outcomes.map((outcome) => (outcome.kind === 'part' ? outcome.replacedBytes : null))
    const replacedSize = bodies.find(({ length }) => length !== part?.sizeBytes)?.length ?? 0
    assert.deepEqual(replaced.toSorted(), [0, replacedSize])
    await complete(spec, all(['1']))
    await assertBytes(spec, bodies.find(({ length }) => length === part?.sizeBytes) ?? BYTES)
  })

  it('keeps nothing of a part that differs from its announced checksum', async () => {
    const spec = specOf()
    for (const algorithm of ['crc32c', 'md5'] as const) {
      const expected = {
        ...NO_HASHES,
        [algorithm]: algorithm === 'md5' ? base64('md5', BYTES) : crcOf(BYTES),
      }
      const written = await write(spec, '1', Buffer.from('other'), { expected })
      assert.ok(written.kind === 'mismatch')
      assert.equal(written.algorithm, algorithm)
    }
    assert.deepEqual(await storage().parts.list(spec.name), [])
  })

  it('stores a part that has its announced checksum', async () => {
    const spec = specOf()
    const bytes = Buffer.from('as announced')
    const expected = { ...NO_HASHES, crc32c: crcOf(bytes), sha256: base64('sha256', bytes) }
    const written = await write(spec, '1', bytes, { expected })
    assert.ok(written.kind === 'part')
    assert.deepEqual(written.part.digests, { sha256: expected.sha256 })
  })

  it('keeps nothing of a part that is too long or interrupted, and the part before it', async () => {
    const spec = specOf()
    const before = await store(spec, '1', Buffer.from('before'))
    assert.deepEqual(await write(spec, '1', BYTES, { maxBytes: BYTES.length - 1 }), { kind: 'too-long' })
    const body = openBody(BYTES)
    const writing = storage().parts.write({ name: spec.name, partId: '1' }, body, { maxBytes: BYTES.length })
    body.destroy(new Error('connection lost'))
    assert.deepEqual(await writing, { kind: 'interrupted' })
    assert.deepEqual(await storage().parts.list(spec.name), [before])
  })

  it('stores parts that arrive at the same time only as far as their sum is accepted', async () => {
    const spec = specOf()
    const sizes = [400, 300, 500, 200, 600, 100]
    const accepts: PartLimits['accepts'] = (earlier, { sizeBytes }) =>
      earlier.reduce((sum, part) => sum + part.sizeBytes, sizeBytes) <= 1000
    const outcomes = await Promise.all(
      sizes.map((size, index) => write(spec, `part_${index}`, Buffer.alloc(size, index), { accepts })),
    )
    const listed = await storage().parts.list(spec.name)
    const sum = listed.reduce((total, { sizeBytes }) => total + sizeBytes, 0)
    assert.ok(sum > 0 && sum <= 1000, `${sum}`)
    const stored = outcomes.flatMap((outcome) => (outcome.kind === 'part' ? [outcome.part.partId] : []))
    assert.deepEqual(listed.map(({ partId }) => partId).toSorted(), stored.toSorted())
    for (const { kind } of outcomes) assert.ok(kind === 'part' || kind === 'not-accepted', kind)
    await complete(spec, all(listed.map(({ partId }) => partId)))
    assert.equal((await storage().stat(spec.name))?.sizeBytes, sum)
  })

  it('keeps the note of a part, which is asked for after its last byte', async () => {
    const spec = specOf()
    let seenBytes = 0
    const body = bodyOf(Buffer.alloc(70_000))
    const written = await storage().parts.write({ name: spec.name, partId: '1' }, body, {
      maxBytes: 70_000,
      onBytes: (bytes) => {
        seenBytes += bytes.length
      },
      note: () => `after ${seenBytes}`,
    })
    assert.ok(written.kind === 'part')
    assert.equal(written.part.note, 'after 70000')
    assert.deepEqual(await storage().parts.list(spec.name), [written.part])
  })

  it('creates no object from parts that are unknown, listed twice, or of another version', async () => {
    const spec = specOf()
    const replaced = await store(spec, '1', Buffer.from('old'))
    await store(spec, '1', Buffer.from('new'))
    await store(spec, '2', Buffer.from(' two'))
    const { version } = replaced
    for (const [parts, partIds] of [
      [all(['1', 'none']), ['none']],
      [all(['2', '1', '2']), ['2']],
      [[{ partId: '1', version }], ['1']],
    ] as const) {
      assert.deepEqual(await complete(spec, parts), { kind: 'invalid-parts', partIds })
    }
    assert.equal(await storage().stat(spec.name), null)
    const [two, one] = await storage()
      .parts.list(spec.name)
      .then((listed) => listed.toReversed())
    await complete(
      spec,
      [one, two].map((part) => part ?? replaced),
    )
    await assertBytes(spec, Buffer.from('new two'))
  })

  it('finds all parts invalid when there is no upload', async () => {
    const wanted = { kind: 'invalid-parts', partIds: ['1', '2'] }
    assert.deepEqual(await complete(specOf(), all(['1', '2'])), wanted)
  })

  it('refuses a completion without parts', async () => {
    const spec = specOf()
    await store(spec, '1', Buffer.from('one'))
    await assert.rejects(complete(spec, []), isCode('INVALID_REQUEST'))
  })

  it('computes the checksums of the whole when requested', async () => {
    const spec = { ...specOf(), checksums: ['md5', 'sha256'] as const }
    await storeAll(spec)
    const completed = await complete(spec, all(IDS))
    assert.ok(completed.kind === 'object')
    const { md5, sha256 } = completed.object
    assert.deepEqual({ md5, sha256 }, { md5: base64('md5', BYTES), sha256: base64('sha256', BYTES) })
    assert.deepEqual(await storage().stat(spec.name), completed.object)
  })

  for (const algorithm of ['crc32c', 'md5', 'sha512'] as const) {
    it(`leaves the upload as it was when the ${algorithm} differs from the announced one`, async () => {
      const spec = specOf()
      await storeAll(spec)
      const digest = (bytes: Buffer) => (algorithm === 'crc32c' ? crcOf(bytes) : base64(algorithm, bytes))
      const [expected, actual] = [digest(Buffer.from('other')), digest(BYTES)]
      const mismatch = { kind: 'mismatch', algorithm, expected, actual }
      assert.deepEqual(await complete(spec, all(IDS), { ...NO_HASHES, [algorithm]: expected }), mismatch)
      assert.equal(await storage().stat(spec.name), null)
      const completed = await complete(spec, all(IDS), { ...NO_HASHES, [algorithm]: actual })
      assert.equal(completed.kind, 'object')
      await assertBytes(spec, BYTES)
    })
  }

  it('returns the same object when it is completed again with the same parts, and no object with others', async () => {
    const spec = specOf()
    await storeAll(spec)
    const [first, second] = await Promise.all([complete(spec, all(IDS)), complete(spec, all(IDS))])
    assert.equal(first.kind, 'object')
    assert.deepEqual(second, first)
    assert.deepEqual(await complete(spec, all(IDS)), first)
    assert.deepEqual(await complete(spec, all(IDS.toReversed())), { kind: 'closed' })
    await assertBytes(spec, BYTES)
  })

  it('stores no part of a complete object, and ends the bodies that are arriving', async () => {
    const spec = specOf()
    await store(spec, '1', Buffer.from('one'))
    const body = openBody(BYTES)
    const late = storage().parts.write({ name: spec.name, partId: '2' }, body, { maxBytes: BYTES.length })
    await store(spec, '3', Buffer.from('three'))
    assert.equal((await complete(spec, all(['1']))).kind, 'object')
    assert.deepEqual(await late, { kind: 'closed' })
    assert.ok(body.destroyed, 'the body is closed')
    assert.deepEqual(await write(spec, '2', BYTES), { kind: 'closed' })
    assert.deepEqual(await inventoryOf(storage(), spec).then((found) => found.map(({ kind }) => kind)), [
      'object',
    ])
    await assertBytes(spec, Buffer.from('one'))
  })

  it('removes an upload of parts that is cancelled, and ends the bodies that are arriving', async () => {
    const spec = specOf()
    await storeAll(spec)
    const body = openBody(BYTES)
    const late = storage().parts.write({ name: spec.name, partId: 'late' }, body, { maxBytes: BYTES.length })
    await store(spec, 'before', Buffer.from('the body has begun'))
    await storage().uploads.cancel(spec.name)
    assert.deepEqual(await late, { kind: 'closed' })
    assert.ok(body.destroyed, 'the body is closed')
    await storage().uploads.cancel(spec.name)
    assert.deepEqual(await storage().parts.list(spec.name), [])
    assert.equal((await complete(spec, all(IDS))).kind, 'invalid-parts')
    assert.deepEqual(await inventoryOf(storage(), spec), [])
  })

  it('links a complete object as a part, which stays when the object is removed', async () => {
    const [spec, sequential, joined] = [specOf(), specOf(), specOf()]
    await storeHosted(storage(), sequential, BYTES)
    await storeAll(joined)
    await complete(joined, all(IDS))
    for (const [partId, { name }] of [
      ['1', sequential],
      ['2', joined],
    ] as const) {
      const linked = await storage().parts.link({ name: spec.name, partId }, name)
      assert.ok(linked.kind === 'part')
      const { sizeBytes, crc32c } = linked.part
      assert.deepEqual({ sizeBytes, crc32c }, { sizeBytes: BYTES.length, crc32c: crcOf(BYTES) })
      await storage().remove(name)
    }
    await store(spec, '3', Buffer.from('end'))
    const completed = await complete(spec, all(['2', '3', '1']))
    const wanted = Buffer.concat([BYTES, Buffer.from('end'), BYTES])
    assert.ok(completed.kind === 'object')
    assert.equal(completed.object.crc32c, crcOf(wanted))
    await assertBytes(spec, wanted)
  })

  it('removes an upload with a linked part, and leaves the linked object', async () => {
    const [spec, source] = [specOf(), specOf()]
    await storeHosted(storage(), source, BYTES)
    const part = { name: spec.name, partId: '1' }
    await storage().parts.link(part, source.name)
    await storage().parts.link(part, source.name)
    await storage().uploads.cancel(spec.name)
    await assertBytes(source, BYTES)
    await assert.rejects(storage().parts.link(part, 'files/none'), isCode('STORAGE_UNAVAILABLE'))
    await storage().uploads.cancel(spec.name)
  })

  it('takes no sequential bytes for an upload of parts, nor parts for one with sequential bytes', async () => {
    const [ofParts, sequential] = [specOf(), specOf()]
    const part = await store(ofParts, '1', Buffer.from('one'))
    await assert.rejects(storage().uploads.claim(ofParts, null), isCode('UPLOAD_FENCED'))
    assert.equal(await storage().uploads.offset(ofParts.name), 0)
    assert.deepEqual(await storage().parts.list(ofParts.name), [part])
    const writer = await storage().uploads.claim(sequential, null)
    await writer?.append(bodyOf(BYTES), { skipBytes: 0, maxBytes: BYTES.length })
    await writer?.commit(10)
    await assert.rejects(write(sequential, '1', BYTES), isCode('INVALID_REQUEST'))
    assert.equal(await storage().uploads.offset(sequential.name), 10)
  })

  it('stores parts of an upload that was claimed, and has no byte', async () => {
    const spec = specOf()
    await (await storage().uploads.claim(spec, null))?.release()
    await store(spec, '1', BYTES)
    await complete(spec, all(['1']))
    await assertBytes(spec, BYTES)
  })

  it('removes an object of parts, whose name can be used again', async () => {
    const spec = specOf()
    await storeAll(spec)
    await complete(spec, all(IDS))
    await storage().remove(spec.name)
    assert.equal(await storage().stat(spec.name), null)
    await store(spec, '1', Buffer.from('again'))
    await complete(spec, all(['1']))
    await assertBytes(spec, Buffer.from('again'))
  })

  it('lists an upload of parts once, except while a part arrives', async () => {
    const spec = specOf()
    const startedAtMs = Date.now()
    await storeAll(spec)
    const [entry, ...others] = await inventoryOf(storage(), spec)
    assert.deepEqual(others, [])
    assert.ok(entry?.kind === 'upload')
    // File systems round times down to the ticks of their clock.
    assert.ok(entry.modifiedAtMs >= startedAtMs - 50 && entry.modifiedAtMs <= Date.now())
    const body = openBody(BYTES)
    const writing = storage().parts.write({ name: spec.name, partId: '9' }, body, { maxBytes: BYTES.length })
    assert.deepEqual(await inventoryOf(storage(), spec), [])
    body.push(null)
    assert.equal((await writing).kind, 'part')
  })
}
