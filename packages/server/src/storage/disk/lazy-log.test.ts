import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { ServiceError } from '../../domain/errors.ts'
import { NO_HASHES } from '../../domain/uploads/upload-session.ts'
import type { UploadWriter } from '../hosted-uploads.ts'
import type { HostedStorage } from '../object-storage.ts'
import { describeStorage } from '../storage.conformance.ts'
import { openDiskStorage } from './disk-storage.ts'
import type { FileSystem } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'

const BYTES = randomBytes(4096)
const newFolder = () => mkdtemp(join(tmpdir(), 'waybill-disk-'))
const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true })
const openStorage = (folder: string, fs = nodeFileSystem) =>
  openDiskStorage(folder, { heldBytes: 0, limitBytes: 64 * 1024 * 1024 }, { fs })
const isFenced = (error: unknown) => error instanceof ServiceError && error.code === 'UPLOAD_FENCED'

/** Claims every upload with an expected size of one byte, so that all writers begin with a lazy log. */
describeStorage('disk with lazy logs', async () => {
  const folder = await newFolder()
  const storage = await openStorage(folder)
  const uploads = { ...storage.uploads, claim: (spec: Spec) => storage.uploads.claim(spec, 1) }
  return { storage: { ...storage, uploads }, remove: () => removeFolder(folder) }
})

type Spec = Parameters<HostedStorage['uploads']['claim']>[0]

describe('a writer with a lazy log', () => {
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

  it('leaves only the object', async () => {
    const before = await filesIn()
    const spec = specOf()
    const writer = await claim(ours, spec, BYTES.length)
    await append(writer, BYTES)
    assert.equal((await writer.finalize(NO_HASHES)).kind, 'object')
    assert.equal((await filesIn()).length, before.length + 1)
    assert.deepEqual(await buffer(await theirs.read(spec.name)), BYTES)
  })

  for (const [maxBytes, created] of [
    [BYTES.length, ['segment']],
    [2 * 1024 * 1024, ['log', 'segment']],
  ] as const) {
    it(`begins an object of at most ${maxBytes} bytes with the files ${created.join(' and ')}`, async () => {
      const kinds: string[] = []
      const open: FileSystem['open'] = async (path, mode) => {
        const file = await nodeFileSystem.open(path, mode)
        if (mode.includes('create')) kinds.push(extname(path).slice(1))
        return file
      }
      const storage = await openStorage(folder, { ...nodeFileSystem, open })
      const body = Readable.from([Buffer.from(BYTES)], { objectMode: false })
      assert.equal((await storage.write(specOf(), body, maxBytes)).kind, 'object')
      assert.deepEqual(kinds, created)
    })
  }

  it('leaves no files after a checksum mismatch or a release', async () => {
    const before = await filesIn()
    const wrong = await claim(ours, specOf(), BYTES.length)
    await append(wrong, BYTES)
    assert.equal((await wrong.finalize({ ...NO_HASHES, crc32c: 'AAAAAA==' })).kind, 'mismatch')
    const idle = await claim(ours, specOf(), BYTES.length)
    await append(idle, BYTES)
    await idle.release()
    assert.deepEqual(await filesIn(), before)
  })

  it('keeps the bytes of an interrupted body, so that any process can continue', async () => {
    const spec = specOf()
    const cut = await claim(ours, spec, BYTES.length)
    await append(cut, BYTES.subarray(0, 1000))
    await cut.commit(1000)
    assert.equal(await theirs.uploads.offset(spec.name), 1000)
    const rest = await claim(theirs, spec, BYTES.length)
    assert.equal(rest.startOffset, 1000)
    await append(rest, BYTES.subarray(1000))
    await rest.finalize(NO_HASHES)
    assert.deepEqual(await buffer(await ours.read(spec.name)), BYTES)
  })

  for (const expectedBytes of [null, BYTES.length]) {
    it(`is fenced by a newer writer of another process that has committed bytes (${expectedBytes})`, async () => {
      const spec = specOf()
      const stopped = await claim(ours, spec, BYTES.length)
      await append(stopped, randomBytes(BYTES.length))
      const newer = await claim(theirs, spec, expectedBytes)
      await append(newer, BYTES.subarray(0, 1000))
      await newer.commit(1000)
      await assert.rejects(stopped.finalize(NO_HASHES), isFenced)
      assert.equal(await ours.uploads.offset(spec.name), 1000)
    })

    it(`returns the object that a newer writer of another process has created (${expectedBytes})`, async () => {
      const spec = specOf()
      const stopped = await claim(ours, spec, BYTES.length)
      await append(stopped, randomBytes(BYTES.length))
      const newer = await claim(theirs, spec, expectedBytes)
      await append(newer, BYTES)
      await newer.finalize(NO_HASHES)
      assert.equal((await stopped.finalize(NO_HASHES)).kind, 'object')
      assert.deepEqual(await buffer(await ours.read(spec.name)), BYTES)
    })
  }

  it('is fenced when another writer has committed bytes first', async () => {
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
