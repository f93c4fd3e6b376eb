import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { ServiceError } from '../../domain/errors.ts'
import type { UploadWriter } from '../hosted-uploads.ts'
import type { HostedStorage } from '../object-storage.ts'
import { describeStorage } from '../storage.conformance.ts'
import { openDiskStorage } from './disk-storage.ts'

const BYTES = randomBytes(4096)
const NOTHING_EXPECTED = { crc32c: null, md5: null }
const newFolder = () => mkdtemp(join(tmpdir(), 'waybill-disk-'))
const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true })
const openStorage = (folder: string) =>
  openDiskStorage(folder, { heldBytes: 0, limitBytes: 64 * 1024 * 1024 })
const isFenced = (error: unknown) => error instanceof ServiceError && error.code === 'UPLOAD_FENCED'

/** A storage whose writers all say that they expect one byte, whatever comes. */
describeStorage('disk whose writers all begin without a log', async () => {
  const folder = await newFolder()
  const storage = await openStorage(folder)
  const uploads = { ...storage.uploads, claim: (spec: Spec) => storage.uploads.claim(spec, 1) }
  return { storage: { ...storage, uploads }, remove: () => removeFolder(folder) }
})

type Spec = Parameters<HostedStorage['uploads']['claim']>[0]

describe('a writer that begins without a log', () => {
  let folder: string
  let ours: HostedStorage
  let theirs: HostedStorage
  before(async () => {
    folder = await newFolder()
    ours = await openStorage(folder)
    theirs = await openStorage(folder)
  })
  after(() => removeFolder(folder))

  const specOf = () => ({ name: randomBytes(8).toString('hex'), contentType: 'text/plain' })
  const claim = async (storage: HostedStorage, spec: Spec, expectedBytes: number | null) => {
    const writer = await storage.uploads.claim(spec, expectedBytes)
    assert.ok(writer)
    return writer
  }
  const append = (writer: UploadWriter, bytes: Buffer) =>
    writer.append(Readable.from([Buffer.from(bytes)], { objectMode: false }), {
      skipBytes: 0,
      maxBytes: BYTES.length,
    })
  const filesIn = async () => {
    const names = await readdir(folder, { recursive: true })
    return names.filter((name) => /\.(log|segment|object)$/.test(name))
  }

  it('leaves the object and nothing beside it', async () => {
    const before = await filesIn()
    const spec = specOf()
    const writer = await claim(ours, spec, BYTES.length)
    await append(writer, BYTES)
    assert.equal((await writer.finalize(NOTHING_EXPECTED)).kind, 'object')
    assert.equal((await filesIn()).length, before.length + 1)
    assert.deepEqual(await buffer(await theirs.read(spec.name)), BYTES)
  })

  it('leaves nothing when the bytes are not what was announced, or it is let go', async () => {
    const before = await filesIn()
    const wrong = await claim(ours, specOf(), BYTES.length)
    await append(wrong, BYTES)
    assert.equal((await wrong.finalize({ crc32c: 'AAAAAA==', md5: null })).kind, 'mismatch')
    const idle = await claim(ours, specOf(), BYTES.length)
    await append(idle, BYTES)
    await idle.release()
    assert.deepEqual(await filesIn(), before)
  })

  it('keeps what arrived when its body was cut, for any process to go on', async () => {
    const spec = specOf()
    const cut = await claim(ours, spec, BYTES.length)
    await append(cut, BYTES.subarray(0, 1000))
    await cut.commit(1000)
    assert.equal(await theirs.uploads.offset(spec.name), 1000)
    const rest = await claim(theirs, spec, BYTES.length)
    assert.equal(rest.startOffset, 1000)
    await append(rest, BYTES.subarray(1000))
    await rest.finalize(NOTHING_EXPECTED)
    assert.deepEqual(await buffer(await ours.read(spec.name)), BYTES)
  })

  for (const expectedBytes of [null, BYTES.length]) {
    it(`is fenced by a newer one of another process that has kept bytes (${expectedBytes})`, async () => {
      const spec = specOf()
      const stopped = await claim(ours, spec, BYTES.length)
      await append(stopped, randomBytes(BYTES.length))
      const newer = await claim(theirs, spec, expectedBytes)
      await append(newer, BYTES.subarray(0, 1000))
      await newer.commit(1000)
      await assert.rejects(stopped.finalize(NOTHING_EXPECTED), isFenced)
      assert.equal(await ours.uploads.offset(spec.name), 1000)
    })

    it(`answers with the object that a newer one of another process has made (${expectedBytes})`, async () => {
      const spec = specOf()
      const stopped = await claim(ours, spec, BYTES.length)
      await append(stopped, randomBytes(BYTES.length))
      const newer = await claim(theirs, spec, expectedBytes)
      await append(newer, BYTES)
      await newer.finalize(NOTHING_EXPECTED)
      assert.equal((await stopped.finalize(NOTHING_EXPECTED)).kind, 'object')
      assert.deepEqual(await buffer(await ours.read(spec.name)), BYTES)
    })
  }

  it('is fenced when it wants to keep bytes after another has', async () => {
    const spec = specOf()
    const one = await claim(ours, spec, BYTES.length)
    const other = await claim(theirs, spec, BYTES.length)
    await append(one, BYTES.subarray(0, 100))
    await append(other, BYTES.subarray(0, 200))
    await one.commit(100)
    await assert.rejects(other.commit(200), isFenced)
    await other.release()
    assert.equal(await theirs.uploads.offset(spec.name), 100)
  })
})
