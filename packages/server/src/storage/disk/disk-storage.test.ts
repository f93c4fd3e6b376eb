import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { memoryFolder } from '../../../test/memory-folder.ts'
import { ServiceError } from '../../domain/errors.ts'
import type { UploadWriter } from '../hosted-uploads.ts'
import type { HostedStorage } from '../object-storage.ts'
import { describeStorage } from '../storage.conformance.ts'
import { openDiskStorage } from './disk-storage.ts'
import { objectPaths } from './object-paths.ts'

const newBudget = () => ({ heldBytes: 0, limitBytes: 64 * 1024 * 1024 })
const newFolder = async () => mkdtemp(join(await memoryFolder(), 'waybill-disk-'))
const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true })

describeStorage('disk', async () => {
  const folder = await newFolder()
  return { storage: await openDiskStorage(folder, newBudget()), remove: () => removeFolder(folder) }
})

describeStorage('disk with a budget that is always used up', async () => {
  const folder = await newFolder()
  const storage = await openDiskStorage(folder, { heldBytes: 0, limitBytes: 0 })
  return { storage, remove: () => removeFolder(folder) }
})

const NOTHING_EXPECTED = { crc32c: null, md5: null }
const BYTES = randomBytes(3_000_000)
const bodyOf = (bytes: Buffer) => Readable.from([Buffer.from(bytes)], { objectMode: false })
const isFenced = (error: unknown) => error instanceof ServiceError && error.code === 'UPLOAD_FENCED'

it('fails a check once the folder is another, or gone', async () => {
  const folder = await newFolder()
  const storage = await openDiskStorage(folder, newBudget())
  const isDown = (error: unknown) => error instanceof ServiceError && error.code === 'STORAGE_UNAVAILABLE'
  await writeFile(join(folder, 'FORMAT'), 'another\n')
  await assert.rejects(storage.check(), isDown)
  await removeFolder(folder)
  await assert.rejects(storage.check(), isDown)
})

/** Two storages on one folder stand for two processes on one volume: neither knows the other's writers. */
describe('two disk storages on one folder', () => {
  let folder: string
  let ours: HostedStorage
  let theirs: HostedStorage
  before(async () => {
    folder = await newFolder()
    ours = await openDiskStorage(folder, newBudget())
    theirs = await openDiskStorage(folder, newBudget())
  })
  after(() => removeFolder(folder))

  const specOf = () => ({
    name: randomBytes(8).toString('hex'),
    contentType: 'application/x-test',
  })
  const claim = async (storage: HostedStorage, spec: ReturnType<typeof specOf>): Promise<UploadWriter> => {
    const writer = await storage.uploads.claim(spec, null)
    assert.ok(writer)
    return writer
  }
  const append = (writer: UploadWriter, from: number, to: number) =>
    writer.append(bodyOf(BYTES.subarray(from, to)), { skipBytes: 0, maxBytes: BYTES.length })

  it('take chunks in turn', async () => {
    const spec = specOf()
    for (const [storage, from, to] of [
      [ours, 0, 1_000_000],
      [theirs, 1_000_000, 2_000_000],
      [ours, 2_000_000, 3_000_000],
    ] as const) {
      const writer = await claim(storage, spec)
      assert.equal(writer.startOffset, from)
      await append(writer, from, to)
      await writer.commit(to)
    }
    assert.equal(await theirs.uploads.offset(spec.name), BYTES.length)
    await (await claim(theirs, spec)).finalize(NOTHING_EXPECTED)
    assert.ok(BYTES.equals(await buffer(await ours.read(spec.name))))
    const { directory } = objectPaths(folder, spec.name)
    assert.deepEqual(await readdir(directory), [`${objectPaths(folder, spec.name).object.split('/').at(-1)}`])
  })

  for (const wayOut of ['commit', 'finalize'] as const) {
    it(`refuse the ${wayOut} of a writer that the other has fenced, and its late bytes change nothing`, async () => {
      const spec = specOf()
      const first = await claim(ours, spec)
      await append(first, 0, 1_200_000)
      await first.commit(1_200_000)

      const stopped = await claim(ours, spec)
      await stopped.append(bodyOf(randomBytes(500_000)), { skipBytes: 0, maxBytes: 500_000 })

      const newer = await claim(theirs, spec)
      assert.equal(newer.startOffset, 1_200_000)
      await append(newer, 1_200_000, 2_000_000)
      await newer.commit(2_000_000)

      await stopped.append(bodyOf(randomBytes(900_000)), { skipBytes: 0, maxBytes: 900_000 })
      await assert.rejects(
        wayOut === 'commit' ? stopped.commit(2_600_000) : stopped.finalize(NOTHING_EXPECTED),
        isFenced,
      )
      assert.equal(await ours.uploads.offset(spec.name), 2_000_000)

      const rest = await claim(ours, spec)
      await append(rest, 2_000_000, BYTES.length)
      await rest.finalize(NOTHING_EXPECTED)
      assert.ok(BYTES.equals(await buffer(await theirs.read(spec.name))))
    })
  }

  it('make one object when both finalize, with one generation', async () => {
    const spec = specOf()
    const older = await claim(ours, spec)
    await append(older, 0, BYTES.length)
    const newer = await claim(theirs, spec)
    await append(newer, 0, BYTES.length)
    const results = await Promise.allSettled([
      older.finalize(NOTHING_EXPECTED),
      newer.finalize(NOTHING_EXPECTED),
    ])
    const object = await ours.stat(spec.name)
    const finished = results.filter((result) => result.status === 'fulfilled')
    assert.ok(finished.length >= 1)
    for (const { value } of finished) assert.deepEqual(value, { kind: 'object', object })
    assert.ok(BYTES.equals(await buffer(await ours.read(spec.name))))
  })

  it('never write on in the file of one that is stopped, whoever let go since', async () => {
    const spec = specOf()
    const stopped = await claim(ours, spec)
    await append(stopped, 0, 1_000_000)
    await stopped.commit(1_000_000)
    const alive = await claim(ours, spec)
    await append(alive, 1_000_000, 1_200_000)
    // It claims, has nothing to add, and lets go of nothing but its own.
    await (await claim(theirs, spec)).release()
    const last = await claim(theirs, spec)
    await append(last, 1_000_000, BYTES.length)
    await alive.append(bodyOf(randomBytes(900_000)), { skipBytes: 0, maxBytes: 900_000 })
    await assert.rejects(alive.commit(1_000_000), isFenced)
    await last.finalize(NOTHING_EXPECTED)
    assert.ok(BYTES.equals(await buffer(await ours.read(spec.name))))
  })

  it('remove an object of several segments whole', async () => {
    const spec = specOf()
    const crashed = await claim(ours, spec)
    await append(crashed, 0, 1_000_000)
    // Only what is committed survives; this writer commits and a later one never lets go.
    await crashed.commit(1_000_000)
    await append(await claim(ours, spec), 1_000_000, 1_500_000)
    const last = await claim(theirs, spec)
    await append(last, 1_000_000, BYTES.length)
    await last.finalize(NOTHING_EXPECTED)
    await theirs.remove(spec.name)
    const { directory, object } = objectPaths(folder, spec.name)
    // Other objects may lie in the same folder.
    const stem = basename(object, '.object')
    assert.deepEqual(
      (await readdir(directory)).filter((name) => name.startsWith(stem)),
      [],
    )
  })
})

describe('disk storage', () => {
  it('removes nothing as a stray that an upload or an object needs', async () => {
    const folder = await newFolder()
    const [ours, theirs] = [
      await openDiskStorage(folder, newBudget()),
      await openDiskStorage(folder, newBudget()),
    ]
    const spec = { name: 'needed', contentType: 'application/x-test' }
    const { directory } = objectPaths(folder, spec.name)
    const append = async (storage: HostedStorage, from: number, to: number) => {
      const writer = await storage.uploads.claim(spec, null)
      assert.equal(writer?.startOffset, from)
      await writer?.append(bodyOf(BYTES.subarray(from, to)), { skipBytes: 0, maxBytes: BYTES.length })
      return writer
    }
    const assertAllStay = async () => {
      const names = await readdir(directory)
      assert.ok(names.length >= 2)
      for (const name of names) assert.equal(await ours.inventory.removeOrphan(name), false)
      assert.deepEqual(await readdir(directory), names)
    }

    await (await append(ours, 0, 1_000_000))?.commit(1_000_000)
    await assertAllStay()
    // Not let go of yet, so that what follows is a segment of its own.
    const stopped = await append(ours, 1_000_000, 1_500_000)
    const last = await append(theirs, 1_000_000, BYTES.length)
    await assertAllStay()
    await last?.finalize(NOTHING_EXPECTED)
    await assertAllStay()
    assert.ok(BYTES.equals(await buffer(await ours.read(spec.name))))
    await stopped?.release()
    await removeFolder(folder)
  })

  it('reads on behind an entry of the log that a crash has torn', async () => {
    const folder = await newFolder()
    const storage = await openDiskStorage(folder, newBudget())
    const spec = { name: 'torn', contentType: 'application/x-test' }
    const writer = await storage.uploads.claim(spec, null)
    await writer?.append(bodyOf(BYTES), { skipBytes: 0, maxBytes: BYTES.length })
    await writer?.commit(2_000_000)
    await appendFile(objectPaths(folder, 'torn').log, '\n1234abcd {"version":1,"progr')

    const reopened = await openDiskStorage(folder, newBudget())
    assert.equal(await reopened.uploads.offset('torn'), 2_000_000)
    const next = await reopened.uploads.claim(spec, null)
    await next?.append(bodyOf(BYTES.subarray(2_000_000)), { skipBytes: 0, maxBytes: 1_000_000 })
    assert.equal((await next?.finalize(NOTHING_EXPECTED))?.kind, 'object')
    assert.ok(BYTES.equals(await buffer(await reopened.read('torn'))))
    await removeFolder(folder)
  })

  it('does not open a folder of a newer format', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'FORMAT'), 'waybill-disk 2\n')
    await assert.rejects(openDiskStorage(folder, newBudget()), /holds the format waybill-disk 2/)
    await removeFolder(folder)
  })
})

describe('an object of very many segments', () => {
  it('opens, reads and goes as any other', async () => {
    const folder = await newFolder()
    // So many that the object's description is larger than the first read of it.
    const bytes = randomBytes(430)
    const spec = { name: 'many', sizeBytes: bytes.length, contentType: 'application/x-test' }
    const ours = await openDiskStorage(folder, newBudget())
    const theirs = await openDiskStorage(folder, newBudget())
    const claim = async ({ uploads }: HostedStorage) =>
      (await uploads.claim(spec, null)) ?? assert.fail('the object is complete already')
    let fenced: UploadWriter | null = null
    for (const index of bytes.keys()) {
      await fenced?.release()
      // A writer that has not released the upload, as after a crash, makes the next one begin a segment.
      fenced = await claim(theirs)
      const writer = await claim(ours)
      await writer.append(bodyOf(bytes.subarray(index, index + 1)), { skipBytes: 0, maxBytes: 1 })
      if (index === bytes.length - 1) await writer.finalize(NOTHING_EXPECTED)
      else await writer.commit(index + 1)
    }
    const storage = await openDiskStorage(folder, newBudget())
    const files = await readdir(objectPaths(folder, 'many').directory)
    assert.equal(files.filter((name) => name.endsWith('.segment')).length, bytes.length - 1)
    assert.ok(bytes.equals(await buffer(await storage.read('many'))))
    await storage.remove('many')
    assert.equal(await storage.stat('many'), null)
    await fenced?.release()
    await removeFolder(folder)
  })

  it('closes the file of a read that nobody begins', async () => {
    const folder = await newFolder()
    const storage = await openDiskStorage(folder, newBudget())
    const spec = { name: 'unread', sizeBytes: BYTES.length, contentType: 'application/x-test' }
    const writer = await storage.uploads.claim(spec, null)
    await writer?.append(bodyOf(BYTES), { skipBytes: 0, maxBytes: BYTES.length })
    await writer?.finalize(NOTHING_EXPECTED)
    const countOpen = async () => (await readdir('/proc/self/fd')).length
    const before = await countOpen()
    for (let count = 0; count < 20; count++) {
      const stream = await storage.read('unread')
      const closed = once(stream, 'close')
      stream.destroy()
      await closed
    }
    assert.equal(await countOpen(), before)
    await removeFolder(folder)
  })
})
