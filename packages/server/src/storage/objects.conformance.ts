import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { it } from 'node:test'
import { ServiceError } from '../domain/errors.ts'
import { crc32c, crc32cToBase64 } from '../platform/crc32c.ts'
import { releaseBuffer } from '../platform/release-buffer.ts'
import type { InventoryEntry } from './inventory.ts'
import type { ObjectStorage } from './object-storage.ts'
import type { UploadSpec } from './stored-object.ts'

/** Bytes that span several blocks and end within a block. */
export const BYTES = randomBytes(2_500_000)

export const specOf = (): UploadSpec => ({
  name: `files/org_1/file_${randomBytes(8).toString('hex')}/näme 🙂.bin`,
  contentType: 'application/x-test',
})

/** Returns a body with a copy of the bytes, because the storage releases the buffers that it receives. */
export const bodyOf = (bytes: Buffer) => Readable.from([Buffer.from(bytes)], { objectMode: false })

export const isCode = (code: string) => (error: unknown) =>
  error instanceof ServiceError && error.code === code

/** Uploads an object as clients do. */
export type Store = (spec: UploadSpec, bytes: Buffer) => Promise<unknown>

/** Returns the entries of all sections. */
export async function listAll({ inventory }: ObjectStorage): Promise<InventoryEntry[]> {
  const found: InventoryEntry[] = []
  for (let section = 0; section < inventory.sections; section++) {
    for await (const entry of inventory.list(section)) found.push(entry)
  }
  return found
}

export async function inventoryOf(storage: ObjectStorage, { name }: UploadSpec): Promise<InventoryEntry[]> {
  return (await listAll(storage)).filter((entry) => 'name' in entry && entry.name === name)
}

/** Tests the promises of `ObjectStorage` and `Inventory` that all storages share. */
export function testObjects(storage: () => ObjectStorage, store: Store): void {
  it('stores an object and returns its metadata and bytes', async () => {
    const spec = specOf()
    await store(spec, BYTES)
    const metadata = await storage().stat(spec.name)
    assert.ok(metadata)
    assert.deepEqual({ ...metadata, ...spec, sizeBytes: BYTES.length }, metadata)
    assert.equal(metadata.crc32c, crc32cToBase64(crc32c(BYTES)))
    assert.equal(metadata.sha256, null)
    assert.match(metadata.generation, /^[1-9][0-9]{15}$/)
    assert.ok(BYTES.equals(await buffer(await storage().read(spec.name))))
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
      await store(spec, BYTES)
      const read = await buffer(await storage().read(spec.name, { start, end }))
      assert.ok(BYTES.subarray(start, end + 1).equals(read))
    })
  }

  it('reads on when the reader releases each buffer as soon as it has it', async () => {
    const spec = specOf()
    await store(spec, BYTES)
    for (const attempt of ['first', 'second']) {
      const hash = createHash('sha256')
      for await (const piece of await storage().read(spec.name)) {
        hash.update(piece)
        releaseBuffer(piece)
      }
      assert.equal(hash.digest('hex'), createHash('sha256').update(BYTES).digest('hex'), attempt)
    }
  })

  it('finds no object under an unknown name and can remove it', async () => {
    assert.equal(await storage().stat('files/none'), null)
    await assert.rejects(storage().read('files/none'), isCode('STORAGE_UNAVAILABLE'))
    await storage().remove('files/none')
  })

  for (const bytes of [BYTES, BYTES.subarray(0, 1000), BYTES.subarray(0, 0)]) {
    it(`writes a body of ${bytes.length} bytes as an object`, async () => {
      const spec = specOf()
      const written = await storage().write(spec, bodyOf(bytes), bytes.length)
      assert.ok(written.kind === 'object')
      assert.deepEqual(written.object, await storage().stat(spec.name))
      assert.ok(written.content === null || bytes.equals(written.content))
      assert.ok(bytes.equals(await buffer(await storage().read(spec.name))))
      await assert.rejects(storage().write(spec, bodyOf(bytes), bytes.length), isCode('STORAGE_UNAVAILABLE'))
    })
  }

  for (const bytes of [BYTES, BYTES.subarray(0, 1000)]) {
    it(`computes the checksums of a written body of ${bytes.length} bytes`, async () => {
      const spec = { ...specOf(), checksums: ['md5', 'sha256'] as const }
      const written = await storage().write(spec, bodyOf(bytes), bytes.length)
      assert.ok(written.kind === 'object')
      const { md5, sha256 } = written.object
      const [expectedMd5, expectedSha256] = spec.checksums.map((name) =>
        createHash(name).update(bytes).digest('base64'),
      )
      assert.deepEqual({ md5, sha256 }, { md5: expectedMd5, sha256: expectedSha256 })
    })
  }

  it('creates no object from a body that is too long', async () => {
    const spec = specOf()
    const written = await storage().write(spec, bodyOf(BYTES), BYTES.length - 1)
    assert.deepEqual(written, { kind: 'too-long' })
    assert.equal(await storage().stat(spec.name), null)
  })

  it('creates no object from an interrupted body', async () => {
    const spec = specOf()
    const body = new Readable({ read() {} })
    body.push(Buffer.from(BYTES))
    const writing = storage().write(spec, body, BYTES.length)
    body.destroy(new Error('connection lost'))
    assert.deepEqual(await writing, { kind: 'interrupted' })
    assert.equal(await storage().stat(spec.name), null)
  })

  it('removes an object, whose name can be used again; a second remove succeeds', async () => {
    const spec = specOf()
    await store(spec, BYTES)
    await storage().remove(spec.name)
    await storage().remove(spec.name)
    assert.equal(await storage().stat(spec.name), null)
    await store(spec, BYTES.subarray(0, 10))
    assert.equal((await buffer(await storage().read(spec.name))).length, 10)
  })

  it('copies an object, also with another type, and each outlives the other', async () => {
    const [first, second, third] = [specOf(), { ...specOf(), contentType: 'application/x-other' }, specOf()]
    await store(first, BYTES)
    const source = (await storage().stat(first.name)) ?? assert.fail('the object is missing')
    const copied = await storage().copy(second, source)
    const { sizeBytes, crc32c } = source
    assert.deepEqual(copied, await storage().stat(second.name))
    assert.deepEqual({ ...copied, ...second, sizeBytes, crc32c }, copied)
    assert.deepEqual(await storage().copy(second, source), copied)
    await storage().remove(first.name, source.generation)
    assert.ok(BYTES.equals(await buffer(await storage().read(second.name))))
    assert.equal(await storage().stat(first.name), null)
    await storage().copy(third, copied ?? assert.fail('the copy is missing'))
    await storage().remove(third.name)
    assert.ok(BYTES.equals(await buffer(await storage().read(second.name))))
    assert.deepEqual((await inventoryOf(storage(), second)).length, 1)
    await storage().remove(second.name)
    for (const spec of [first, second, third]) assert.deepEqual(await inventoryOf(storage(), spec), [])
  })

  it('copies no object that is missing', async () => {
    const [spec, missing] = [specOf(), { name: specOf().name, generation: '1768473000000000' }]
    assert.equal(await storage().copy(spec, missing), null)
    assert.equal(await storage().stat(spec.name), null)
    assert.deepEqual(await inventoryOf(storage(), spec), [])
  })

  it('lists each complete object once, with the time of its last change', async () => {
    const spec = specOf()
    const startedAtMs = Date.now()
    await store(spec, BYTES)
    const [entry, ...others] = await inventoryOf(storage(), spec)
    assert.deepEqual(others, [])
    assert.equal(entry?.kind, 'object')
    assert.ok('modifiedAtMs' in entry)
    // File systems round times down to the ticks of their clock.
    assert.ok(entry.modifiedAtMs >= startedAtMs - 50 && entry.modifiedAtMs <= Date.now())
    await storage().remove(spec.name)
    assert.deepEqual(await inventoryOf(storage(), spec), [])
  })

  it('leaves no orphans in normal operation and removes none with an unknown id', async () => {
    const orphans = (await listAll(storage())).filter(
      ({ kind }) => kind === 'orphan' || kind === 'unreadable',
    )
    assert.deepEqual(orphans, [])
    for (const id of ['', 'none', '../FORMAT', `${'0'.repeat(64)}.object`, `${'0'.repeat(64)}.log`]) {
      assert.equal(await storage().inventory.removeOrphan(id), false)
    }
  })

  it('resolves a check', () => storage().check())

  it('belongs to the first installation that requests it', async () => {
    assert.equal(await storage().inventory.knownOwner(), null)
    assert.equal(await storage().inventory.owner('first'), 'first')
    assert.equal(await storage().inventory.owner('second'), 'first')
    assert.equal(await storage().inventory.knownOwner(), 'first')
  })

  it('distinguishes names that differ only in case, Unicode normal form or path notation', async () => {
    const stem = specOf().name
    const names = ['A', 'a', 'é', 'e\u0301', '../a', './a', 'a/../b', 'con', 'x'.repeat(900)]
    for (const name of names) {
      const bytes = Buffer.from(name)
      await store({ ...specOf(), name: stem + name }, bytes)
    }
    for (const name of names) {
      assert.equal((await buffer(await storage().read(stem + name))).toString(), name)
    }
  })
}
