import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { memoryFolder } from '../../../test/memory-folder.ts'
import { ServiceError } from '../../domain/errors.ts'
import { NO_HASHES } from '../../domain/uploads/upload-session.ts'
import { createBufferPool, POOLED_BYTES } from '../buffer-pool.ts'
import type { AppendLimits, UploadWriter } from '../hosted-uploads.ts'
import type { HostedStorage } from '../object-storage.ts'
import { describeStorage } from '../storage.conformance.ts'
import { openDiskStorage } from './disk-storage.ts'
import type { FileSystem } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'
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

describeStorage('disk with pooled buffers', async () => {
  const folder = await newFolder()
  const pool = createBufferPool(2 * POOLED_BYTES)
  const storage = await openDiskStorage(folder, newBudget(), { pool })
  return { storage, remove: () => removeFolder(folder) }
})

const BYTES = randomBytes(3_000_000)
const bodyOf = (bytes: Buffer) => Readable.from([Buffer.from(bytes)], { objectMode: false })
const isFenced = (error: unknown) => error instanceof ServiceError && error.code === 'UPLOAD_FENCED'

it('fails a check when the directory has another format or is missing', async () => {
  const folder = await newFolder()
  const storage = await openDiskStorage(folder, newBudget())
  const isDown = (error: unknown) => error instanceof ServiceError && error.code === 'STORAGE_UNAVAILABLE'
  await writeFile(join(folder, 'FORMAT'), 'another\n')
  await assert.rejects(storage.check(), isDown)
  await removeFolder(folder)
  await assert.rejects(storage.check(), isDown)
})

/** Two storages on one directory act as two processes on one volume: neither knows the writers of the other. */
describe('two disk storages on one directory', () => {
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

  it('receive chunks of one upload alternately', async () => {
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
    await (await claim(theirs, spec)).finalize(NO_HASHES)
    assert.ok(BYTES.equals(await buffer(await ours.read(spec.name))))
    const { directory } = objectPaths(folder, spec.name)
    assert.deepEqual(await readdir(directory), [`${objectPaths(folder, spec.name).object.split('/').at(-1)}`])
  })

  it('tell which of two writers without a log has created the object', async () => {
    const spec = specOf()
    const writers = []
    for (const storage of [ours, theirs]) {
      const writer = await storage.uploads.claim(spec, 1000)
      assert.ok(writer)
      writers.push(writer)
    }
    for (const [index, writer] of writers.entries()) await append(writer, index * 1000, index * 1000 + 1000)
    const results = []
    for (const writer of writers) results.push(await writer.finalize(NO_HASHES))
    const object = await ours.stat(spec.name)
    assert.deepEqual(results, [
      { kind: 'object', object, isOwn: true },
      { kind: 'object', object, isOwn: false },
    ])
    assert.ok(BYTES.subarray(0, 1000).equals(await buffer(await theirs.read(spec.name))))
  })

  for (const ending of ['commit', 'finalize'] as const) {
    it(`refuse the ${ending} of a writer that the other has fenced, and ignore its late bytes`, async () => {
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
        ending === 'commit' ? stopped.commit(2_600_000) : stopped.finalize(NO_HASHES),
        isFenced,
      )
      assert.equal(await ours.uploads.offset(spec.name), 2_000_000)

      const rest = await claim(ours, spec)
      await append(rest, 2_000_000, BYTES.length)
      await rest.finalize(NO_HASHES)
      assert.ok(BYTES.equals(await buffer(await theirs.read(spec.name))))
    })
  }

  for (const expectedBytes of [null, 1000]) {
    it(`refuse the commit of a writer that the other has fenced by a query (expected: ${expectedBytes})`, async () => {
      const spec = specOf()
      const stopped = await ours.uploads.claim(spec, expectedBytes)
      assert.ok(stopped)
      await stopped.append(bodyOf(randomBytes(1000)), { skipBytes: 0, maxBytes: 1000 })
      assert.equal(await theirs.uploads.fence(spec), 0)
      await assert.rejects(stopped.commit(1000), isFenced)
      assert.equal(await ours.uploads.offset(spec.name), 0)
    })
  }

  it('write nothing when one fences an upload that nobody appends to', async () => {
    const spec = specOf()
    const writer = await claim(ours, spec)
    await append(writer, 0, 1000)
    await writer.commit(1000)
    const { log } = objectPaths(folder, spec.name)
    const before = await readFile(log)
    assert.equal(await theirs.uploads.fence(spec), 1000)
    assert.deepEqual(await readFile(log), before)
    const { directory } = objectPaths(folder, spec.name)
    assert.equal((await readdir(directory)).length, 2, 'the log and one segment')
  })

  it('create one object with one generation when both finalize', async () => {
    const spec = specOf()
    const older = await claim(ours, spec)
    await append(older, 0, BYTES.length)
    const newer = await claim(theirs, spec)
    await append(newer, 0, BYTES.length)
    const results = await Promise.allSettled([older.finalize(NO_HASHES), newer.finalize(NO_HASHES)])
    const object = await ours.stat(spec.name)
    const finished = results.filter((result) => result.status === 'fulfilled')
    assert.ok(finished.length >= 1)
    const published = finished.map(({ value }) => (value.kind === 'object' ? value : assert.fail(value.kind)))
    for (const one of published) assert.deepEqual(one.object, object)
    assert.equal(published.filter(({ isOwn }) => isOwn).length, 1)
    assert.ok(BYTES.equals(await buffer(await ours.read(spec.name))))
  })

  it('never append to the segment of a stopped writer, also after a later writer was released', async () => {
    const spec = specOf()
    const stopped = await claim(ours, spec)
    await append(stopped, 0, 1_000_000)
    await stopped.commit(1_000_000)
    const alive = await claim(ours, spec)
    await append(alive, 1_000_000, 1_200_000)
    // This writer claims and releases without progress. That does not release the segment of the older writer.
    await (await claim(theirs, spec)).release()
    const last = await claim(theirs, spec)
    await append(last, 1_000_000, BYTES.length)
    await alive.append(bodyOf(randomBytes(900_000)), { skipBytes: 0, maxBytes: 900_000 })
    await assert.rejects(alive.commit(1_000_000), isFenced)
    await last.finalize(NO_HASHES)
    assert.ok(BYTES.equals(await buffer(await ours.read(spec.name))))
  })

  it('remove all files of an object of several segments', async () => {
    const spec = specOf()
    const crashed = await claim(ours, spec)
    await append(crashed, 0, 1_000_000)
    // This writer commits. The next one never releases, so the last one creates a new segment.
    await crashed.commit(1_000_000)
    await append(await claim(ours, spec), 1_000_000, 1_500_000)
    const last = await claim(theirs, spec)
    await append(last, 1_000_000, BYTES.length)
    await last.finalize(NO_HASHES)
    await theirs.remove(spec.name)
    const { directory, object } = objectPaths(folder, spec.name)
    // The same directory may contain other objects.
    const stem = basename(object, '.object')
    assert.deepEqual(
      (await readdir(directory)).filter((name) => name.startsWith(stem)),
      [],
    )
  })
})

describe('disk storage', () => {
  it('removes no file as an orphan that an upload or an object needs', async () => {
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
    const assertNoneRemoved = async () => {
      const names = await readdir(directory)
      assert.ok(names.length >= 2)
      for (const name of names) assert.equal(await ours.inventory.removeOrphan(name), false)
      assert.deepEqual(await readdir(directory), names)
    }

    await (await append(ours, 0, 1_000_000))?.commit(1_000_000)
    await assertNoneRemoved()
    // This writer is not released, so the next one creates a new segment.
    const stopped = await append(ours, 1_000_000, 1_500_000)
    const last = await append(theirs, 1_000_000, BYTES.length)
    await assertNoneRemoved()
    await last?.finalize(NO_HASHES)
    await assertNoneRemoved()
    assert.ok(BYTES.equals(await buffer(await ours.read(spec.name))))
    await stopped?.release()
    await removeFolder(folder)
  })

  it('continues after a log entry that a crash has cut off', async () => {
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
    assert.equal((await next?.finalize(NO_HASHES))?.kind, 'object')
    assert.ok(BYTES.equals(await buffer(await reopened.read('torn'))))
    await removeFolder(folder)
  })

  it('continues an upload whose empty segment a later, forgotten writer had removed', async () => {
    const folder = await newFolder()
    const storage = await openDiskStorage(folder, newBudget())
    const spec = { name: 'object', contentType: 'application/x-test' }
    const released = await storage.uploads.claim(spec, null)
    await released?.commit(0)
    const { directory } = objectPaths(folder, spec.name)
    const segments = (await readdir(directory)).filter((name) => name.endsWith('.segment'))
    assert.equal(segments.length, 1)
    for (const segment of segments) await rm(join(directory, segment))

    const writer = await storage.uploads.claim(spec, null)
    await writer?.append(bodyOf(BYTES), { skipBytes: 0, maxBytes: BYTES.length })
    await writer?.finalize(NO_HASHES)
    assert.ok(BYTES.equals(await buffer(await storage.read(spec.name))))
    await removeFolder(folder)
  })

  it('does not open a directory of a newer format', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'FORMAT'), 'waybill-disk 2\n')
    await assert.rejects(openDiskStorage(folder, newBudget()), /has the format "waybill-disk 2"/)
    await removeFolder(folder)
  })
})

describe('an object of very many segments', () => {
  it('can be opened, read and removed like any other', async () => {
    const folder = await newFolder()
    // With this many segments, the description of the object is longer than the first read.
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
      if (index === bytes.length - 1) await writer.finalize(NO_HASHES)
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

  it('closes its file when a stream is destroyed before its first read', async () => {
    const folder = await newFolder()
    const storage = await openDiskStorage(folder, newBudget())
    const spec = { name: 'unread', sizeBytes: BYTES.length, contentType: 'application/x-test' }
    const writer = await storage.uploads.claim(spec, null)
    await writer?.append(bodyOf(BYTES), { skipBytes: 0, maxBytes: BYTES.length })
    await writer?.finalize(NO_HASHES)
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

describe('a disk storage that publishes after every 100,000 bytes', () => {
  let folder: string
  let storage: HostedStorage
  before(async () => {
    folder = await newFolder()
    storage = await openDiskStorage(folder, newBudget(), { publishEveryBytes: 100_000 })
  })
  after(() => removeFolder(folder))

  /** Appends a body in pieces, and then ends the writer as a failed request does. */
  const appendAndRelease = async (limits: Partial<AppendLimits>) => {
    const spec = { name: randomBytes(8).toString('hex'), contentType: 'application/x-test' }
    const writer = await storage.uploads.claim(spec, null)
    assert.ok(writer)
    const pieces = Array.from({ length: 30 }, (_, index) =>
      BYTES.subarray(index * 100_000).subarray(0, 100_000),
    )
    const body = Readable.from(pieces.map(Buffer.from), { objectMode: false })
    await writer.append(body, { skipBytes: 0, maxBytes: BYTES.length, ...limits })
    await writer.release()
    return storage.uploads.offset(spec.name)
  }

  it('reports each offset from which bytes are durable while the body arrives', async () => {
    const durable: number[] = []
    const offset = await appendAndRelease({ onDurable: (durableBytes) => durable.push(durableBytes) })
    assert.ok(durable.length > 0)
    assert.deepEqual(
      durable,
      durable.toSorted((a, b) => a - b),
    )
    assert.equal(durable.at(-1), offset)
  })

  it('makes no byte of a tentative body durable before it is committed', async () => {
    const durable: number[] = []
    const onDurable = (durableBytes: number) => durable.push(durableBytes)
    assert.equal(await appendAndRelease({ isTentative: true, onDurable }), 0)
    assert.deepEqual(durable, [])
  })
})

describe('a long body in pooled buffers', () => {
  /** Size of the buffers of Node for a body whose head came in the first one. */
  const PIECE_BYTES = 65_423

  it('reports no byte as durable that is not written, though buffers begin in one batch and end in the next', async () => {
    const folder = await newFolder()
    let writtenBytes = 0
    const reported = Promise.withResolvers<void>()
    const fs: FileSystem = {
      ...nodeFileSystem,
      open: async (path, mode) => {
        const file = await nodeFileSystem.open(path, mode)
        const writev = async (buffers: readonly Buffer[], position: number) => {
          // Only the first batch is written before something is reported.
          if (position > 0) await reported.promise
          const { bytesWritten } = await file.writev(buffers, position)
          writtenBytes = Math.max(writtenBytes, position + bytesWritten)
          return { bytesWritten }
        }
        return { ...file, writev }
      },
    }
    const pool = createBufferPool(8 * POOLED_BYTES)
    const storage = await openDiskStorage(folder, newBudget(), { fs, pool, publishEveryBytes: 1 })
    const spec = { name: 'long', contentType: 'application/x-test' }
    const writer = await storage.uploads.claim(spec, null)
    assert.ok(writer)
    const reports: { readonly durable: number; readonly written: number }[] = []
    const body = Readable.from(piecesOf(BYTES, PIECE_BYTES), { objectMode: false })
    const { offset } = await writer.append(body, {
      skipBytes: 0,
      maxBytes: BYTES.length,
      onDurable: (durable) => {
        reports.push({ durable, written: writtenBytes })
        reported.resolve()
      },
    })
    await writer.commit(offset)
    const stored = await storage.uploads.claim(spec, null)
    const finalized = await stored?.finalize(NO_HASHES)
    assert.equal(finalized?.kind, 'object')
    assert.ok((await buffer(await storage.read('long'))).equals(BYTES))
    assert.deepEqual(
      reports.filter(({ durable, written }) => durable > written),
      [],
    )
    await removeFolder(folder)
  })
})

describe('a body with two writes at once, of which the first fails', () => {
  it('publishes nothing, because bytes are missing before those of the second', async () => {
    const folder = await newFolder()
    const isSecondRunning = Promise.withResolvers<void>()
    const fs: FileSystem = {
      ...nodeFileSystem,
      open: async (path, mode) => {
        const file = await nodeFileSystem.open(path, mode)
        const writev = async (buffers: readonly Buffer[], position: number) => {
          if (position === 0) {
            await isSecondRunning.promise
            throw Object.assign(new Error('no sector is left'), { code: 'EIO' })
          }
          isSecondRunning.resolve()
          return file.writev(buffers, position)
        }
        return path.endsWith('.segment') ? { ...file, writev } : file
      },
    }
    const storage = await openDiskStorage(folder, newBudget(), { fs, publishEveryBytes: 1 })
    const spec = { name: 'incomplete', contentType: 'application/x-test' }
    const writer = await storage.uploads.claim(spec, null)
    assert.ok(writer)
    const body = Readable.from(piecesOf(BYTES, 65_536), { objectMode: false })
    await assert.rejects(writer.append(body, { skipBytes: 0, maxBytes: BYTES.length }))
    await writer.release()
    const next = await storage.uploads.claim(spec, null)
    assert.equal(next?.startOffset, 0)
    await next?.release()
    await storage.close()
    await removeFolder(folder)
  })
})

describe('a claim whose note of the removed bytes is cut off on a full disk', () => {
  it('fails because of the full disk, and the next one counts', async () => {
    const folder = await newFolder()
    let isFull = true
    const fs: FileSystem = {
      ...nodeFileSystem,
      open: async (path, mode) => {
        const file = await nodeFileSystem.open(path, mode)
        const write = (bytes: Buffer) => {
          const isCut = isFull && bytes.includes('"dropped"')
          return file.write(isCut ? bytes.subarray(0, 20) : bytes)
        }
        return { ...file, write }
      },
    }
    const storage = await openDiskStorage(folder, newBudget(), { fs })
    const others = await openDiskStorage(folder, newBudget())
    const spec = { name: 'noted', contentType: 'application/x-test' }
    const stopped = await others.uploads.claim(spec, null)
    await stopped?.append(bodyOf(BYTES), { skipBytes: 0, maxBytes: BYTES.length })
    await assert.rejects(storage.uploads.claim(spec, null), { code: 'STORAGE_FULL' })
    isFull = false
    const writer = await storage.uploads.claim(spec, null)
    await writer?.append(bodyOf(BYTES), { skipBytes: 0, maxBytes: BYTES.length })
    assert.equal((await writer?.finalize(NO_HASHES))?.kind, 'object')
    assert.ok((await buffer(await storage.read('noted'))).equals(BYTES))
    await stopped?.release()
    await removeFolder(folder)
  })
})

function* piecesOf(bytes: Buffer, pieceBytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield Buffer.from(bytes.subarray(at, at + pieceBytes))
}
