import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { crc32c, crc32cToBase64 } from '../domain/crc32c.ts'
import { ServiceError } from '../domain/errors.ts'
import type { Holding, ObjectStorage, UploadSpec, UploadWriter } from './storage.ts'

const NOTHING_EXPECTED = { crc32c: null, md5: null }
/** Crosses block boundaries and ends within a block. */
const BYTES = randomBytes(2_500_000)

const specOf = (): UploadSpec => ({
  name: `files/org_1/file_${randomBytes(8).toString('hex')}/näme 🙂.bin`,
  contentType: 'application/x-test',
})

/** A copy, since storage takes over what it is given. */
const bodyOf = (bytes: Buffer) => Readable.from([Buffer.from(bytes)], { objectMode: false })
const all = (bytes: Buffer) => ({ skipBytes: 0, maxBytes: bytes.length })

const isCode = (code: string) => (error: unknown) => error instanceof ServiceError && error.code === code

async function claim(storage: ObjectStorage, spec: UploadSpec): Promise<UploadWriter> {
  const writer = await storage.uploads.claim(spec, null)
  assert.ok(writer, 'the object is not whole yet')
  return writer
}

async function appendAndCommit(storage: ObjectStorage, spec: UploadSpec, bytes: Buffer): Promise<number> {
  const writer = await claim(storage, spec)
  const { offset } = await writer.append(bodyOf(bytes), all(bytes))
  await writer.commit(offset)
  return offset
}

async function store(storage: ObjectStorage, spec: UploadSpec, bytes: Buffer) {
  const writer = await claim(storage, spec)
  await writer.append(bodyOf(bytes), all(bytes))
  return writer.finalize(NOTHING_EXPECTED)
}

/** The promises of storage.ts, held against one implementation. */
export function describeStorage(
  kind: string,
  open: () => Promise<{ storage: ObjectStorage; remove: () => Promise<void> }>,
): void {
  describe(`object storage on ${kind}`, () => {
    let storage: ObjectStorage
    let remove: () => Promise<void>
    before(async () => {
      const opened = await open()
      storage = opened.storage
      remove = opened.remove
    })
    after(async () => {
      await storage.close()
      await remove()
    })

    it('stores an object, describes it and gives back its bytes', async () => {
      const spec = specOf()
      const finalized = await store(storage, spec, BYTES)
      const metadata = await storage.stat(spec.name)
      assert.ok(metadata)
      assert.deepEqual(finalized, { kind: 'object', object: metadata })
      assert.deepEqual({ ...metadata, ...spec, sizeBytes: BYTES.length }, metadata)
      assert.equal(metadata.crc32c, crc32cToBase64(crc32c(BYTES)))
      assert.equal(metadata.md5, null)
      assert.match(metadata.generation, /^[1-9][0-9]{15}$/)
      assert.ok(BYTES.equals(await buffer(await storage.read(spec.name))))
    })

    const last = BYTES.length - 1
    for (const [start, end] of [
      [0, 0],
      [0, last],
      [1_048_575, 1_048_576],
      [1_048_576, 2_097_151],
      [500, 2_400_000],
      [last, last],
    ] as const) {
      it(`reads the range ${start}-${end}`, async () => {
        const spec = specOf()
        await store(storage, spec, BYTES)
        const read = await buffer(await storage.read(spec.name, { start, end }))
        assert.ok(BYTES.subarray(start, end + 1).equals(read))
      })
    }

    it('knows nothing of an object that was never made', async () => {
      assert.equal(await storage.stat('files/none'), null)
      assert.equal(await storage.uploads.offset('files/none'), 0)
      await assert.rejects(storage.read('files/none'), isCode('STORAGE_UNAVAILABLE'))
      await storage.remove('files/none')
      await storage.uploads.cancel('files/none')
    })

    it('shows no object while its upload is unfinished', async () => {
      const spec = specOf()
      await appendAndCommit(storage, spec, BYTES)
      assert.equal(await storage.stat(spec.name), null)
      assert.equal(await storage.uploads.offset(spec.name), BYTES.length)
    })

    it('goes on where the writer before committed', async () => {
      const spec = specOf()
      let position = 0
      for (const end of [1, 262_144, 1_048_576, 1_048_577, 2_499_999, BYTES.length]) {
        const writer = await claim(storage, spec)
        assert.equal(writer.startOffset, position)
        const part = BYTES.subarray(position, end)
        const appended = await writer.append(bodyOf(part), all(part))
        assert.deepEqual(appended, { bodyBytes: part.length, offset: end, ended: 'complete' })
        await writer.commit(end)
        position = end
        assert.equal(await storage.uploads.offset(spec.name), end)
      }
      const finalized = await (await claim(storage, spec)).finalize(NOTHING_EXPECTED)
      assert.equal(finalized.kind, 'object')
      assert.ok(BYTES.equals(await buffer(await storage.read(spec.name))))
    })

    it('skips the bytes it has already', async () => {
      const spec = specOf()
      await appendAndCommit(storage, spec, BYTES.subarray(0, 300_000))
      const writer = await claim(storage, spec)
      const body = BYTES.subarray(100_000)
      const limits = { skipBytes: 200_000, maxBytes: BYTES.length - 300_000 }
      const appended = await writer.append(bodyOf(body), limits)
      assert.deepEqual(appended, { bodyBytes: body.length, offset: BYTES.length, ended: 'complete' })
      await writer.finalize(NOTHING_EXPECTED)
      assert.ok(BYTES.equals(await buffer(await storage.read(spec.name))))
    })

    for (const keep of [0, 1, 700_000, 1_048_576, 1_500_000, 2_000_000]) {
      it(`keeps the first ${keep} bytes of a body when asked to, and drops the rest`, async () => {
        const spec = specOf()
        await appendAndCommit(storage, spec, BYTES.subarray(0, 200_000))
        const writer = await claim(storage, spec)
        const body = bodyOf(
          Buffer.concat([BYTES.subarray(200_000, 200_000 + keep), randomBytes(2_100_000 - keep)]),
        )
        await writer.append(body, { skipBytes: 0, maxBytes: 2_100_000 })
        await writer.commit(200_000 + keep)
        assert.equal(await storage.uploads.offset(spec.name), 200_000 + keep)
        const rest = await claim(storage, spec)
        await rest.append(bodyOf(BYTES.subarray(200_000 + keep)), all(BYTES))
        const finalized = await rest.finalize({ crc32c: crc32cToBase64(crc32c(BYTES)), md5: null })
        assert.equal(finalized.kind, 'object')
        assert.ok(BYTES.equals(await buffer(await storage.read(spec.name))))
      })
    }

    it('says when a body is longer than its limit, and how long it was', async () => {
      const writer = await claim(storage, specOf())
      const appended = await writer.append(bodyOf(BYTES), { skipBytes: 10, maxBytes: 1000 })
      assert.deepEqual(appended, { bodyBytes: BYTES.length, offset: 1000, ended: 'too-long' })
      await writer.release()
    })

    it('keeps every byte that arrived of a body that breaks', async () => {
      const spec = specOf()
      const writer = await claim(storage, spec)
      const body = new Readable({ read() {} })
      body.push(BYTES.subarray(0, 70_000))
      const appending = writer.append(body, all(BYTES))
      body.push(BYTES.subarray(70_000, 90_000))
      body.destroy(new Error('connection lost'))
      assert.deepEqual(await appending, { bodyBytes: 90_000, offset: 90_000, ended: 'interrupted' })
      await writer.commit(90_000)
      assert.equal(await storage.uploads.offset(spec.name), 90_000)
    })

    it('waits, to say how far the upload is, for bytes that are on their way to the disk', async () => {
      const spec = specOf()
      const writer = await claim(storage, spec)
      const { offset } = await writer.append(bodyOf(BYTES), all(BYTES))
      const asking = storage.uploads.offset(spec.name)
      await writer.commit(offset)
      assert.equal(await asking, BYTES.length)
    })

    it('drops what a released writer did not commit', async () => {
      const spec = specOf()
      const writer = await claim(storage, spec)
      await writer.append(bodyOf(BYTES), all(BYTES))
      await writer.release()
      await writer.release()
      assert.equal(await storage.uploads.offset(spec.name), 0)
    })

    it('lets a newer writer take over, with what the older one had received', async () => {
      const spec = specOf()
      const older = await claim(storage, spec)
      const body = new Readable({ read() {} })
      body.push(BYTES.subarray(0, 100_000))
      const appending = older.append(body, all(BYTES))
      const claiming = claim(storage, spec)
      const { ended, offset } = await appending
      assert.deepEqual({ ended, offset }, { ended: 'taken-over', offset: 100_000 })
      assert.ok(body.destroyed, 'the older body is closed')
      await older.commit(offset)
      const newer = await claiming
      assert.equal(newer.startOffset, 100_000)
      await newer.release()
    })

    it('gives the upload to the newest of many that ask at once', async () => {
      const spec = specOf()
      const first = await claim(storage, spec)
      const claims = Array.from({ length: 8 }, () => claim(storage, spec))
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

    it('answers a claim with null once the object is whole', async () => {
      const spec = specOf()
      await store(storage, spec, BYTES)
      assert.equal(await storage.uploads.claim(spec, null), null)
    })

    for (const algorithm of ['crc32c', 'md5'] as const) {
      it(`makes an object of bytes whose ${algorithm} is as announced`, async () => {
        const spec = specOf()
        const expected = hashesOf(BYTES, algorithm)
        const writer = await claim(storage, spec)
        await writer.append(bodyOf(BYTES), all(BYTES))
        const finalized = await writer.finalize(expected)
        assert.equal(finalized.kind, 'object')
        assert.equal((await storage.stat(spec.name))?.md5, expected.md5)
      })

      it(`makes no object of bytes whose ${algorithm} is another`, async () => {
        const spec = specOf()
        const expected = hashesOf(Buffer.from('other bytes'), algorithm)
        const writer = await claim(storage, spec)
        await writer.append(bodyOf(BYTES), all(BYTES))
        const actual = hashesOf(BYTES, algorithm)[algorithm]
        const wanted = { kind: 'mismatch', algorithm, expected: expected[algorithm], actual }
        assert.deepEqual(await writer.finalize(expected), wanted)
        assert.equal(await storage.stat(spec.name), null)
      })
    }

    it('writes a body as an object at once', async () => {
      const spec = specOf()
      const written = await storage.write(spec, bodyOf(BYTES), BYTES.length)
      assert.deepEqual(written, { kind: 'object', object: await storage.stat(spec.name) })
      assert.ok(BYTES.equals(await buffer(await storage.read(spec.name))))
      await assert.rejects(storage.write(spec, bodyOf(BYTES), BYTES.length), isCode('STORAGE_UNAVAILABLE'))
    })

    it('writes a body and nothing else, whatever an upload that came to no end has left', async () => {
      const spec = specOf()
      await appendAndCommit(storage, spec, BYTES.subarray(0, 300_000))
      await storage.write(spec, bodyOf(BYTES), BYTES.length)
      assert.ok(BYTES.equals(await buffer(await storage.read(spec.name))))
    })

    it('writes nothing of a body that is too long', async () => {
      const spec = specOf()
      const written = await storage.write(spec, bodyOf(BYTES), BYTES.length - 1)
      assert.deepEqual(written, { kind: 'too-long' })
      assert.equal(await storage.stat(spec.name), null)
      assert.equal(await storage.uploads.offset(spec.name), 0)
    })

    it('writes nothing of a body that breaks', async () => {
      const spec = specOf()
      const body = new Readable({ read() {} })
      body.push(Buffer.from(BYTES))
      const writing = storage.write(spec, body, BYTES.length)
      body.destroy(new Error('connection lost'))
      assert.deepEqual(await writing, { kind: 'interrupted' })
      assert.equal(await storage.stat(spec.name), null)
      assert.equal(await storage.uploads.offset(spec.name), 0)
    })

    it('removes an object, again without error, and a new one can take its name', async () => {
      const spec = specOf()
      await store(storage, spec, BYTES)
      await storage.remove(spec.name)
      await storage.remove(spec.name)
      assert.equal(await storage.stat(spec.name), null)
      await store(storage, spec, BYTES.subarray(0, 10))
      assert.equal((await buffer(await storage.read(spec.name))).length, 10)
    })

    it('forgets a cancelled upload', async () => {
      const spec = specOf()
      await appendAndCommit(storage, spec, BYTES)
      await storage.uploads.cancel(spec.name)
      await storage.uploads.cancel(spec.name)
      assert.equal(await storage.uploads.offset(spec.name), 0)
      assert.equal(await storage.stat(spec.name), null)
    })

    const listAll = async () => {
      const { holdings } = storage
      const found: Holding[] = []
      for (let section = 0; section < holdings.sections; section++) {
        for await (const holding of holdings.list(section)) found.push(holding)
      }
      return found
    }
    const holdingsOf = async ({ name }: UploadSpec) =>
      (await listAll()).filter((holding) => 'name' in holding && holding.name === name)

    it('lists whole objects and unfinished uploads, each once, with the time of their last change', async () => {
      const [whole, unfinished] = [specOf(), specOf()]
      const startedAtMs = Date.now()
      await store(storage, whole, BYTES)
      await appendAndCommit(storage, unfinished, BYTES)
      for (const [spec, kind] of [
        [whole, 'object'],
        [unfinished, 'upload'],
      ] as const) {
        const [holding, ...others] = await holdingsOf(spec)
        assert.deepEqual(others, [])
        assert.equal(holding?.kind, kind)
        assert.ok('modifiedAtMs' in holding)
        // File systems round times down to their own ticks.
        assert.ok(holding.modifiedAtMs >= startedAtMs - 50 && holding.modifiedAtMs <= Date.now())
      }
    })

    it('lists no upload that a writer has, and nothing of what is removed', async () => {
      const spec = specOf()
      const writer = await claim(storage, spec)
      await writer.append(bodyOf(BYTES), all(BYTES))
      assert.deepEqual(await holdingsOf(spec), [])
      await writer.commit(BYTES.length)
      assert.equal((await holdingsOf(spec)).length, 1)
      await storage.uploads.cancel(spec.name)
      assert.deepEqual(await holdingsOf(spec), [])
      await store(storage, spec, BYTES)
      await storage.remove(spec.name)
      assert.deepEqual(await holdingsOf(spec), [])
    })

    it('leaves no strays by itself, and removes none that it does not know', async () => {
      const strays = (await listAll()).filter(({ kind }) => kind === 'stray' || kind === 'unreadable')
      assert.deepEqual(strays, [])
      for (const id of ['', 'none', '../FORMAT', `${'0'.repeat(64)}.object`, `${'0'.repeat(64)}.log`]) {
        assert.equal(await storage.holdings.removeStray(id), false)
      }
    })

    it('answers a check', () => storage.check())

    it('belongs to the first that asked', async () => {
      assert.equal(await storage.holdings.owner('first'), 'first')
      assert.equal(await storage.holdings.owner('second'), 'first')
    })

    it('keeps names apart that differ only in case, in normal form or in what looks like a path', async () => {
      const stem = specOf().name
      const names = ['A', 'a', 'é', 'e\u0301', '../a', './a', 'a/../b', 'con', 'x'.repeat(900)]
      for (const name of names) {
        const bytes = Buffer.from(name)
        await store(storage, { ...specOf(), name: stem + name }, bytes)
      }
      for (const name of names) {
        assert.equal((await buffer(await storage.read(stem + name))).toString(), name)
      }
    })
  })
}

function hashesOf(bytes: Buffer, algorithm: 'crc32c' | 'md5') {
  return algorithm === 'crc32c'
    ? { crc32c: crc32cToBase64(crc32c(bytes)), md5: null }
    : { crc32c: null, md5: createHash('md5').update(bytes).digest('base64') }
}
