import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { it } from 'node:test'
import { DIGEST_ALGORITHMS, type DigestAlgorithm } from '../domain/uploads/checksums.ts'
import { type AnnouncedHashes, NO_HASHES } from '../domain/uploads/upload-session.ts'
import { crc32c, crc32cToBase64 } from '../platform/crc32c.ts'
import type { UploadWriter } from './hosted-uploads.ts'
import type { HostedStorage } from './object-storage.ts'
import { BYTES, bodyOf, inventoryOf, isCode, specOf } from './objects.conformance.ts'
import type { UploadSpec } from './stored-object.ts'

const all = (bytes: Buffer) => ({ skipBytes: 0, maxBytes: bytes.length })

async function claim(storage: HostedStorage, spec: UploadSpec): Promise<UploadWriter> {
  const writer = await storage.uploads.claim(spec, null)
  assert.ok(writer, 'the object is not complete yet')
  return writer
}

async function appendAndCommit(storage: HostedStorage, spec: UploadSpec, bytes: Buffer): Promise<number> {
  const writer = await claim(storage, spec)
  const { offset } = await writer.append(bodyOf(bytes), all(bytes))
  await writer.commit(offset)
  return offset
}

export async function storeHosted(storage: HostedStorage, spec: UploadSpec, bytes: Buffer) {
  const writer = await claim(storage, spec)
  await writer.append(bodyOf(bytes), all(bytes))
  return writer.finalize(NO_HASHES)
}

/** Tests the promises of `HostedUploads`. */
export function testHostedUploads(storage: () => HostedStorage): void {
  it('finalizes an upload and returns its object', async () => {
    const spec = specOf()
    const finalized = await storeHosted(storage(), spec, BYTES)
    assert.ok(finalized.kind === 'object')
    assert.deepEqual(finalized.object, await storage().stat(spec.name))
    assert.equal(finalized.object.md5, null)
  })

  it('returns offset 0 for an unknown upload and can cancel it', async () => {
    assert.equal(await storage().uploads.offset('files/none'), 0)
    await storage().uploads.cancel('files/none')
  })

  it('shows no object while its upload is unfinished', async () => {
    const spec = specOf()
    await appendAndCommit(storage(), spec, BYTES)
    assert.equal(await storage().stat(spec.name), null)
    assert.equal(await storage().uploads.offset(spec.name), BYTES.length)
  })

  it('continues at the offset that the previous writer committed', async () => {
    const spec = specOf()
    let position = 0
    for (const end of [1, 262_144, 1_048_576, 1_048_577, 2_499_999, BYTES.length]) {
      const writer = await claim(storage(), spec)
      assert.equal(writer.startOffset, position)
      const part = BYTES.subarray(position, end)
      const appended = await writer.append(bodyOf(part), all(part))
      assert.deepEqual(appended, { bodyBytes: part.length, offset: end, ended: 'complete' })
      await writer.commit(end)
      position = end
      assert.equal(await storage().uploads.offset(spec.name), end)
    }
    const finalized = await (await claim(storage(), spec)).finalize(NO_HASHES)
    assert.equal(finalized.kind, 'object')
    assert.ok(BYTES.equals(await buffer(await storage().read(spec.name))))
  })

  it('skips bytes that it has already', async () => {
    const spec = specOf()
    await appendAndCommit(storage(), spec, BYTES.subarray(0, 300_000))
    const writer = await claim(storage(), spec)
    const body = BYTES.subarray(100_000)
    const limits = { skipBytes: 200_000, maxBytes: BYTES.length - 300_000 }
    const appended = await writer.append(bodyOf(body), limits)
    assert.deepEqual(appended, { bodyBytes: body.length, offset: BYTES.length, ended: 'complete' })
    await writer.finalize(NO_HASHES)
    assert.ok(BYTES.equals(await buffer(await storage().read(spec.name))))
  })

  for (const keep of [0, 1, 700_000, 1_048_576, 1_500_000, 2_000_000]) {
    it(`commits the first ${keep} bytes of a body and drops the rest`, async () => {
      const spec = specOf()
      await appendAndCommit(storage(), spec, BYTES.subarray(0, 200_000))
      const writer = await claim(storage(), spec)
      const body = bodyOf(
        Buffer.concat([BYTES.subarray(200_000, 200_000 + keep), randomBytes(2_100_000 - keep)]),
      )
      await writer.append(body, { skipBytes: 0, maxBytes: 2_100_000 })
      await writer.commit(200_000 + keep)
      assert.equal(await storage().uploads.offset(spec.name), 200_000 + keep)
      const rest = await claim(storage(), spec)
      await rest.append(bodyOf(BYTES.subarray(200_000 + keep)), all(BYTES))
      const finalized = await rest.finalize({ ...NO_HASHES, crc32c: crc32cToBase64(crc32c(BYTES)) })
      assert.equal(finalized.kind, 'object')
      assert.ok(BYTES.equals(await buffer(await storage().read(spec.name))))
    })
  }

  it('reports a body that exceeds its limit, with its length', async () => {
    const writer = await claim(storage(), specOf())
    const appended = await writer.append(bodyOf(BYTES), { skipBytes: 10, maxBytes: 1000 })
    assert.deepEqual(appended, { bodyBytes: BYTES.length, offset: 1000, ended: 'too-long' })
    await writer.release()
  })

  it('shows the kept bytes of a body in their order, before they are stored', async () => {
    const seen: Buffer[] = []
    const writer = await claim(storage(), specOf())
    const limits = { skipBytes: 1000, maxBytes: 500_000 }
    await writer.append(bodyOf(BYTES), { ...limits, onBytes: (bytes) => seen.push(Buffer.from(bytes)) })
    await writer.release()
    assert.ok(BYTES.subarray(1000, 501_000).equals(Buffer.concat(seen)))
  })

  it('keeps what is committed of a tentative body, and finalizes it', async () => {
    const spec = specOf()
    const first = await claim(storage(), spec)
    await first.append(bodyOf(BYTES.subarray(0, 700_000)), { ...all(BYTES), isTentative: true })
    await first.commit(0)
    const second = await claim(storage(), spec)
    assert.equal(second.startOffset, 0)
    await second.append(bodyOf(BYTES), { ...all(BYTES), isTentative: true })
    assert.equal((await second.finalize(hashesOf(BYTES, 'sha256'))).kind, 'object')
    assert.ok(BYTES.equals(await buffer(await storage().read(spec.name))))
  })

  it('tells the writer of a small upload that the object is its own', async () => {
    const finalized = await storeHosted(storage(), specOf(), BYTES.subarray(0, 1000))
    assert.ok(finalized.kind === 'object' && finalized.isOwn)
  })

  it('finalizes an upload without a byte', async () => {
    const spec = specOf()
    const writer = await claim(storage(), spec)
    const finalized = await writer.finalize(hashesOf(Buffer.alloc(0), 'crc32c'))
    assert.ok(finalized.kind === 'object')
    assert.equal(finalized.object.sizeBytes, 0)
    assert.equal((await buffer(await storage().read(spec.name))).length, 0)
  })

  it('keeps every received byte of an interrupted body', async () => {
    const spec = specOf()
    const writer = await claim(storage(), spec)
    const body = new Readable({ read() {} })
    body.push(BYTES.subarray(0, 70_000))
    const appending = writer.append(body, all(BYTES))
    body.push(BYTES.subarray(70_000, 90_000))
    body.destroy(new Error('connection lost'))
    assert.deepEqual(await appending, { bodyBytes: 90_000, offset: 90_000, ended: 'interrupted' })
    await writer.commit(90_000)
    assert.equal(await storage().uploads.offset(spec.name), 90_000)
  })

  it('waits for bytes that are being written before it returns an offset', async () => {
    const spec = specOf()
    const writer = await claim(storage(), spec)
    const { offset } = await writer.append(bodyOf(BYTES), all(BYTES))
    const asking = storage().uploads.offset(spec.name)
    await writer.commit(offset)
    assert.equal(await asking, BYTES.length)
  })

  it('drops the bytes that a released writer has not committed', async () => {
    const spec = specOf()
    const writer = await claim(storage(), spec)
    await writer.append(bodyOf(BYTES), all(BYTES))
    await writer.release()
    await writer.release()
    assert.equal(await storage().uploads.offset(spec.name), 0)
  })

  it('lets a newer writer take over with the bytes that the older one has received', async () => {
    const spec = specOf()
    const older = await claim(storage(), spec)
    const body = new Readable({ read() {} })
    body.push(BYTES.subarray(0, 100_000))
    const appending = older.append(body, all(BYTES))
    const claiming = claim(storage(), spec)
    const { ended, offset } = await appending
    assert.deepEqual({ ended, offset }, { ended: 'taken-over', offset: 100_000 })
    assert.ok(body.destroyed, 'the older body is closed')
    await older.commit(offset)
    const newer = await claiming
    assert.equal(newer.startOffset, 100_000)
    await newer.release()
  })

  it('fences a running writer, and returns the offset with its bytes', async () => {
    const spec = specOf()
    const older = await claim(storage(), spec)
    const body = new Readable({ read() {} })
    body.push(BYTES.subarray(0, 100_000))
    const appending = older.append(body, all(BYTES))
    const fencing = storage().uploads.fence(spec)
    const { ended, offset } = await appending
    assert.equal(ended, 'taken-over')
    await older.commit(offset)
    assert.equal(await fencing, 100_000)
    const newer = await claim(storage(), spec)
    assert.equal(newer.startOffset, 100_000)
    await newer.release()
  })

  it('fences an upload without a writer, again and again', async () => {
    const spec = specOf()
    assert.equal(await storage().uploads.fence(spec), 0)
    assert.equal(await storage().uploads.fence(spec), 0)
    await appendAndCommit(storage(), spec, BYTES.subarray(0, 1000))
    assert.equal(await storage().uploads.fence(spec), 1000)
    assert.equal(await storage().uploads.fence(spec), 1000)
    await appendAndCommit(storage(), spec, BYTES.subarray(1000))
    await (await claim(storage(), spec)).finalize(NO_HASHES)
    assert.equal(await storage().uploads.fence(spec), null)
  })

  it('gives the upload to the newest of many concurrent claims', async () => {
    const spec = specOf()
    const first = await claim(storage(), spec)
    const claims = Array.from({ length: 8 }, () => claim(storage(), spec))
    const settling = Promise.allSettled(claims)
    await first.release()
    const results = await settling
    const fenced = results.slice(0, -1)
    assert.ok(
      fenced.every((result) => result.status === 'rejected' && isCode('UPLOAD_FENCED')(result.reason)),
    )
    const newest = results.at(-1)
    assert.ok(newest?.status === 'fulfilled')
    await newest.value.release()
  })

  it('returns null for a claim when the object is complete', async () => {
    const spec = specOf()
    await storeHosted(storage(), spec, BYTES)
    assert.equal(await storage().uploads.claim(spec, null), null)
  })

  for (const algorithm of DIGEST_ALGORITHMS) {
    it(`creates an object when the ${algorithm} matches the announced one`, async () => {
      const spec = specOf()
      const expected = hashesOf(BYTES, algorithm)
      const writer = await claim(storage(), spec)
      await writer.append(bodyOf(BYTES), all(BYTES))
      const finalized = await writer.finalize(expected)
      assert.equal(finalized.kind, 'object')
      assert.equal((await storage().stat(spec.name))?.md5, expected.md5)
    })

    it(`creates no object when the ${algorithm} differs from the announced one`, async () => {
      const spec = specOf()
      const expected = hashesOf(Buffer.from('other bytes'), algorithm)
      const writer = await claim(storage(), spec)
      await writer.append(bodyOf(BYTES), all(BYTES))
      const actual = hashesOf(BYTES, algorithm)[algorithm]
      const wanted = { kind: 'mismatch', algorithm, expected: expected[algorithm], actual }
      assert.deepEqual(await writer.finalize(expected), wanted)
      assert.equal(await storage().stat(spec.name), null)
    })
  }

  const wanted = { md5: digestOf('md5', BYTES), sha256: digestOf('sha256', BYTES) }

  for (const checksums of [['md5'], ['sha256'], ['md5', 'sha256']] as const) {
    it(`computes ${checksums.join(' and ')} when requested`, async () => {
      const spec = { ...specOf(), checksums }
      const finalized = await storeHosted(storage(), spec, BYTES)
      assert.ok(finalized.kind === 'object')
      const expected = Object.fromEntries(checksums.map((algorithm) => [algorithm, wanted[algorithm]]))
      const object = { ...finalized.object, md5: null, sha256: null, ...expected }
      assert.deepEqual(finalized.object, object)
      assert.deepEqual(await storage().stat(spec.name), object)
    })
  }

  it('computes checksums over many writers that commit only a part of their bytes', async () => {
    const spec = { ...specOf(), checksums: ['md5', 'sha256'] as const }
    for (const [end, keep] of [
      [300_000, 300_000],
      [300_000, 300_000],
      [700_000, 562_144],
      [900_000, 562_144],
      [1_500_000, 1_500_000],
    ] as const) {
      const writer = await claim(storage(), spec)
      const body = BYTES.subarray(writer.startOffset, end)
      await writer.append(bodyOf(body), all(body))
      await writer.commit(keep)
    }
    const abandoned = await claim(storage(), spec)
    await abandoned.append(bodyOf(randomBytes(1000)), { skipBytes: 0, maxBytes: 1000 })
    await abandoned.release()
    const last = await claim(storage(), spec)
    assert.equal(last.startOffset, 1_500_000)
    await last.append(bodyOf(BYTES.subarray(1_500_000)), all(BYTES))
    const finalized = await last.finalize(NO_HASHES)
    assert.ok(finalized.kind === 'object')
    const { md5, sha256 } = finalized.object
    assert.deepEqual({ md5, sha256 }, wanted)
  })

  it('computes a checksum that only a later writer requests', async () => {
    const spec = specOf()
    await appendAndCommit(storage(), { ...spec, checksums: ['sha256'] }, BYTES.subarray(0, 300_000))
    const writer = await claim(storage(), { ...spec, checksums: ['md5', 'sha256'] })
    await writer.append(bodyOf(BYTES.subarray(300_000)), all(BYTES))
    const finalized = await writer.finalize(NO_HASHES)
    assert.ok(finalized.kind === 'object')
    const { md5, sha256 } = finalized.object
    assert.deepEqual({ md5, sha256 }, wanted)
  })

  it('writes an object without the bytes of an abandoned upload of the same name', async () => {
    const spec = specOf()
    await appendAndCommit(storage(), spec, BYTES.subarray(0, 300_000))
    await storage().write(spec, bodyOf(BYTES), BYTES.length)
    assert.ok(BYTES.equals(await buffer(await storage().read(spec.name))))
  })

  for (const [fault, maxBytes] of [
    ['is too long', BYTES.length - 1],
    ['is interrupted', BYTES.length],
  ] as const) {
    it(`leaves no unfinished upload when a written body ${fault}`, async () => {
      const spec = specOf()
      const body = new Readable({ read() {} })
      body.push(Buffer.from(BYTES))
      if (maxBytes < BYTES.length) body.push(null)
      const writing = storage().write(spec, body, maxBytes)
      if (maxBytes === BYTES.length) body.destroy(new Error('connection lost'))
      assert.notEqual((await writing).kind, 'object')
      assert.equal(await storage().uploads.offset(spec.name), 0)
    })
  }

  it('forgets a cancelled upload', async () => {
    const spec = specOf()
    await appendAndCommit(storage(), spec, BYTES)
    await storage().uploads.cancel(spec.name)
    await storage().uploads.cancel(spec.name)
    assert.equal(await storage().uploads.offset(spec.name), 0)
    assert.equal(await storage().stat(spec.name), null)
  })

  it('lists complete objects and unfinished uploads with the time of their last change', async () => {
    const [complete, unfinished] = [specOf(), specOf()]
    const startedAtMs = Date.now()
    await storeHosted(storage(), complete, BYTES)
    await appendAndCommit(storage(), unfinished, BYTES)
    for (const [spec, kind] of [
      [complete, 'object'],
      [unfinished, 'upload'],
    ] as const) {
      const [entry, ...others] = await inventoryOf(storage(), spec)
      assert.deepEqual(others, [])
      assert.equal(entry?.kind, kind)
      assert.ok('modifiedAtMs' in entry)
      // File systems round times down to the ticks of their clock.
      assert.ok(entry.modifiedAtMs >= startedAtMs - 50 && entry.modifiedAtMs <= Date.now())
    }
  })

  it('lists neither an upload with a writer nor a removed upload or object', async () => {
    const spec = specOf()
    const writer = await claim(storage(), spec)
    await writer.append(bodyOf(BYTES), all(BYTES))
    assert.deepEqual(await inventoryOf(storage(), spec), [])
    await writer.commit(BYTES.length)
    assert.equal((await inventoryOf(storage(), spec)).length, 1)
    await storage().uploads.cancel(spec.name)
    assert.deepEqual(await inventoryOf(storage(), spec), [])
    await storeHosted(storage(), spec, BYTES)
    await storage().remove(spec.name)
    assert.deepEqual(await inventoryOf(storage(), spec), [])
  })
}

function hashesOf(bytes: Buffer, algorithm: DigestAlgorithm): AnnouncedHashes {
  return { ...NO_HASHES, [algorithm]: digestOf(algorithm, bytes) }
}

function digestOf(algorithm: DigestAlgorithm, bytes: Buffer): string {
  if (algorithm === 'crc32c') return crc32cToBase64(crc32c(bytes))
  return createHash(algorithm).update(bytes).digest('base64')
}
