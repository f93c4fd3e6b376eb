import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { memoryFolder } from '../../../test/memory-folder.ts'
import { ServiceError } from '../../domain/errors.ts'
import { NO_HASHES } from '../../domain/uploads/upload-session.ts'
import type { HostedStorage } from '../object-storage.ts'
import { openDiskStorage } from './disk-storage.ts'
import type { FileSystem } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { objectPaths } from './object-paths.ts'
import { formatEntry } from './upload-log.ts'

const MIB = 1024 * 1024
const bodyOf = (bytes: Buffer) => Readable.from([Buffer.from(bytes)], { objectMode: false })
const isCode = (code: string) => (error: unknown) => error instanceof ServiceError && error.code === code
const choose = (...ids: string[]) => ids.map((partId) => ({ partId, version: null }))

describe('parts on disk', () => {
  let folder: string
  /** Two storages on one directory act as two processes on one volume: neither knows the attempts of the other. */
  let ours: HostedStorage
  let theirs: HostedStorage

  const openStorage = () => openDiskStorage(folder, { heldBytes: 0, limitBytes: 64 * MIB })
  before(async () => {
    folder = await mkdtemp(join(await memoryFolder(), 'waybill-parts-'))
    ours = await openStorage()
    theirs = await openStorage()
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const newSpec = () => ({ name: randomBytes(8).toString('hex'), contentType: 'application/x-test' })
  type Spec = ReturnType<typeof newSpec>

  const write = (storage: HostedStorage, { name }: Spec, partId: string, body: Buffer | Readable) =>
    storage.parts.write({ name, partId }, Buffer.isBuffer(body) ? bodyOf(body) : body, { maxBytes: 64 * MIB })

  const complete = (storage: HostedStorage, spec: Spec, ...ids: string[]) =>
    storage.parts.complete(spec, choose(...ids), NO_HASHES)

  /** Starts a part whose body has begun; returns the body and the outcome. */
  const begin = async (storage: HostedStorage, spec: Spec, partId: string, first: Buffer) => {
    const body = new Readable({ read() {} })
    const { promise: begun, resolve } = Promise.withResolvers<void>()
    const limits = { maxBytes: 64 * MIB, onBytes: () => resolve() }
    const writing = storage.parts.write({ name: spec.name, partId }, body, limits)
    body.push(Buffer.from(first))
    await begun
    return { body, writing }
  }

  /** Returns the names of all files of the object and its upload. */
  const filesOf = async ({ name }: Spec) => {
    const { directory, object } = objectPaths(folder, name)
    return (await readdir(directory)).filter((file) => file.startsWith(basename(object, '.object'))).sort()
  }

  const bytesOf = async ({ name }: Spec) => buffer(await ours.read(name))

  const sectionOf = ({ name }: Spec) => Number.parseInt(basename(objectPaths(folder, name).directory), 16)

  const orphansOf = async (spec: Spec) => {
    const ids: string[] = []
    for await (const entry of ours.inventory.list(sectionOf(spec)))
      if (entry.kind === 'orphan') ids.push(entry.id)
    return ids.filter((id) => id.startsWith(basename(objectPaths(folder, spec.name).log, '.log')))
  }

  it('takes parts of one upload through two processes, and completes it in either one', async () => {
    const spec = newSpec()
    const [one, two, three] = [randomBytes(MIB + 1), randomBytes(10), randomBytes(2 * MIB)]
    await Promise.all([
      write(ours, spec, '1', one),
      write(theirs, spec, '2', two),
      write(ours, spec, '3', three),
    ])
    assert.deepEqual(await theirs.parts.list(spec.name), await ours.parts.list(spec.name))
    const completed = await complete(theirs, spec, '1', '2', '3')
    assert.deepEqual(await complete(ours, spec, '1', '2', '3'), completed)
    assert.ok(Buffer.concat([one, two, three]).equals(await bytesOf(spec)))
  })

  it('refuses a part that ends in another process after the completion', async () => {
    const spec = newSpec()
    await write(ours, spec, '1', Buffer.from('one'))
    const late = await begin(theirs, spec, '1', Buffer.from('late'))
    assert.equal((await complete(ours, spec, '1')).kind, 'object')
    late.body.push(null)
    assert.deepEqual(await late.writing, { kind: 'closed' })
    assert.equal((await bytesOf(spec)).toString(), 'one')
  })

  it('refuses a part that ends in another process after the cancellation, and keeps no file', async () => {
    const spec = newSpec()
    await write(ours, spec, '1', Buffer.from('one'))
    const late = await begin(theirs, spec, '2', Buffer.from('late'))
    await ours.uploads.cancel(spec.name)
    late.body.push(null)
    assert.deepEqual(await late.writing, { kind: 'closed' })
    assert.deepEqual(await theirs.parts.list(spec.name), [])
    assert.deepEqual(await filesOf(spec), [])
  })

  /** Opens the storage in one more process, which stops before its first call of this kind until it is resumed. */
  const openStopping = async (stopBefore: 'create' | 'link' | 'remove') => {
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
    const { promise: resumed, resolve: resume } = Promise.withResolvers<void>()
    const pause = async (call: string) => {
      if (call !== stopBefore) return
      stop()
      await resumed
    }
    const fs: FileSystem = {
      ...nodeFileSystem,
      open: (path, mode) => pause(mode).then(() => nodeFileSystem.open(path, mode)),
      link: (path, newPath) => pause('link').then(() => nodeFileSystem.link(path, newPath)),
      remove: (path) => pause('remove').then(() => nodeFileSystem.remove(path)),
    }
    const storage = await openDiskStorage(folder, { heldBytes: 0, limitBytes: 64 * MIB }, { fs })
    return { storage, stopped, resume }
  }

  const completeWithStop = async (spec: Spec, stopBefore: 'create' | 'link', ...ids: string[]) => {
    const { storage, stopped, resume } = await openStopping(stopBefore)
    const completing = complete(storage, spec, ...ids)
    await stopped
    return { completing, resume }
  }

  it('creates no object of a part that is replaced while the completion begins', async () => {
    const spec = newSpec()
    await write(ours, spec, '1', Buffer.from('old'))
    const { completing, resume } = await completeWithStop(spec, 'create', '1')
    await write(ours, spec, '1', Buffer.from('new'))
    resume()
    assert.deepEqual(await completing, { kind: 'invalid-parts', partIds: ['1'] })
    assert.equal((await complete(ours, spec, '1')).kind, 'object')
    assert.equal((await bytesOf(spec)).toString(), 'new')
  })

  it('creates no object when the upload is cancelled while another process completes it', async () => {
    const spec = newSpec()
    await write(ours, spec, '1', Buffer.from('one'))
    const { completing, resume } = await completeWithStop(spec, 'link', '1')
    await ours.uploads.cancel(spec.name)
    resume()
    assert.deepEqual(await completing, { kind: 'closed' })
    assert.equal(await ours.stat(spec.name), null)
    assert.deepEqual(await filesOf(spec), [])
  })

  it('leaves no incomplete object when a cancellation and a completion run at once', async () => {
    const spec = newSpec()
    await write(ours, spec, '1', Buffer.from('one'))
    const { completing, resume } = await completeWithStop(spec, 'link', '1')
    const canceller = await openStopping('remove')
    const cancelling = canceller.storage.uploads.cancel(spec.name)
    await canceller.stopped
    resume()
    const { kind } = await completing
    canceller.resume()
    await cancelling
    if (kind === 'object') assert.equal((await bytesOf(spec)).toString(), 'one')
    else assert.equal(await ours.stat(spec.name), null)
    await ours.remove(spec.name)
    assert.deepEqual(await filesOf(spec), [])
  })

  it('keeps the first object when a stopped completion goes on', async () => {
    const spec = newSpec()
    await write(ours, spec, '1', Buffer.from('one'))
    await write(ours, spec, '2', Buffer.from('two'))
    const { completing, resume } = await completeWithStop(spec, 'link', '2', '1')
    assert.equal((await complete(ours, spec, '1', '2')).kind, 'object')
    resume()
    assert.deepEqual(await completing, { kind: 'closed' })
    assert.equal((await bytesOf(spec)).toString(), 'onetwo')
    assert.equal((await filesOf(spec)).length, 3)
  })

  it('creates one object when two processes complete at once', async () => {
    const spec = newSpec()
    await write(ours, spec, '1', Buffer.from('one'))
    await write(ours, spec, '2', Buffer.from('two'))
    const results = await Promise.all([
      complete(ours, spec, '1', '2'),
      complete(theirs, spec, '2', '1'),
      complete(theirs, spec, '1', '2'),
    ])
    const object = await ours.stat(spec.name)
    for (const result of results) {
      if (result.kind === 'object') assert.deepEqual(result.object, object)
      else assert.equal(result.kind, 'closed')
    }
    assert.ok(['onetwo', 'twoone'].includes((await bytesOf(spec)).toString()))
    assert.deepEqual(await orphansOf(spec), [])
  })

  it('lets one of two processes win a part that both store at once', async () => {
    const spec = newSpec()
    const [a, b] = [Buffer.alloc(MIB + 5, 'a'), Buffer.alloc(MIB + 6, 'b')]
    for (let round = 0; round < 5; round++) {
      const written = await Promise.all([write(ours, spec, '1', a), write(theirs, spec, '1', b)])
      assert.deepEqual(
        written.map(({ kind }) => kind),
        ['part', 'part'],
      )
    }
    const [part] = await ours.parts.list(spec.name)
    await complete(ours, spec, '1')
    assert.ok((part?.sizeBytes === a.length ? a : b).equals(await bytesOf(spec)))
    assert.equal((await filesOf(spec)).length, 2)
  })

  it('frees the space of a replaced part at once', async () => {
    const spec = newSpec()
    for (let round = 0; round < 3; round++) await write(ours, spec, '1', randomBytes(1000))
    // The log and the file of the part.
    assert.equal((await filesOf(spec)).length, 2)
    await ours.uploads.cancel(spec.name)
  })

  it('completes without a second copy of the bytes, and removes every file with the object', async () => {
    const spec = newSpec()
    const ids = Array.from({ length: 300 }, (_, index) => String(index))
    for (const id of ids) await write(ours, spec, id, Buffer.from(`part ${id};`))
    assert.equal((await complete(ours, spec, ...ids)).kind, 'object')
    const files = await filesOf(spec)
    assert.equal(files.filter((name) => name.endsWith('.segment')).length, ids.length)
    const { size } = await stat(objectPaths(folder, spec.name).object)
    assert.ok(size < 200 * ids.length, `the object file has ${size} bytes`)
    assert.equal((await bytesOf(spec)).toString(), ids.map((id) => `part ${id};`).join(''))
    await theirs.remove(spec.name)
    assert.deepEqual(await filesOf(spec), [])
  })

  /** Returns the path of a segment of the object, by the size of its part. */
  const segmentOf = async (spec: Spec, bytes: number) => {
    const { directory } = objectPaths(folder, spec.name)
    const paths = (await filesOf(spec)).map((file) => join(directory, file))
    for (const path of paths.filter((one) => one.endsWith('.segment'))) {
      const { size } = await stat(path)
      if (size >= bytes && size < bytes + 2000) return path
    }
    return assert.fail('there is no such segment')
  }

  const storeThree = async (): Promise<Spec> => {
    const spec = newSpec()
    for (const [index, size] of [MIB, 3 * MIB, 2 * MIB].entries()) {
      await write(ours, spec, String(index), randomBytes(size))
    }
    await complete(ours, spec, '0', '1', '2')
    return spec
  }

  it('finds a flipped bit in the middle part: reads before and after it succeed, and one of it fails', async () => {
    const spec = await storeThree()
    const file = await open(await segmentOf(spec, 3 * MIB), 'r+')
    const { buffer: byte } = await file.read(Buffer.alloc(1), 0, 1, 2 * MIB)
    byte[0] = (byte[0] ?? 0) ^ 8
    await file.write(byte, 0, 1, 2 * MIB)
    await file.close()
    const range = (start: number, end: number) =>
      ours.read(spec.name, { start, end }).then((stream) => buffer(stream))
    assert.equal((await range(0, 3 * MIB - 1)).length, 3 * MIB)
    await assert.rejects(range(3 * MIB, 3 * MIB), isCode('OBJECT_DAMAGED'))
    assert.equal((await range(4 * MIB, 6 * MIB - 1)).length, 2 * MIB)
    await ours.remove(spec.name)
  })

  for (const [fault, spoil] of [
    ['missing', (path: string) => rm(path)],
    ['cut short', (path: string) => truncate(path, MIB)],
    ['another one', async (path: string, other: string) => rename(other, path)],
  ] as const) {
    it(`finds a part that is ${fault}`, async () => {
      const spec = await storeThree()
      await spoil(await segmentOf(spec, 3 * MIB), await segmentOf(spec, 2 * MIB))
      await assert.rejects(bytesOf(spec), isCode('OBJECT_DAMAGED'))
      await ours.remove(spec.name)
    })
  }

  it('does not call an object damaged that is removed while it is read', async () => {
    const spec = await storeThree()
    const stream = await ours.read(spec.name)
    await ours.remove(spec.name)
    await assert.rejects(buffer(stream), isCode('STORAGE_UNAVAILABLE'))
  })

  it('closes its files when a stream is destroyed within a part', async () => {
    const spec = await storeThree()
    const countOpen = async () => (await readdir('/proc/self/fd')).length
    const openBefore = await countOpen()
    for (let count = 0; count < 10; count++) {
      const stream = await ours.read(spec.name)
      const { promise: closed, resolve } = Promise.withResolvers<void>()
      stream.once('data', () => stream.destroy()).once('close', resolve)
      await closed
    }
    assert.equal(await countOpen(), openBefore)
    await ours.remove(spec.name)
  })

  it('links an object of several segments, and reads it after its removal', async () => {
    const [source, spec] = [newSpec(), newSpec()]
    const bytes = randomBytes(2 * MIB)
    const append = async (storage: HostedStorage, from: number, to: number) => {
      const writer = await storage.uploads.claim(source, null)
      await writer?.append(bodyOf(bytes.subarray(from, to)), { skipBytes: 0, maxBytes: bytes.length })
      return writer
    }
    await (await append(ours, 0, 700_000))?.commit(700_000)
    // This writer is not released, so the next one creates a new segment.
    const stopped = await append(ours, 700_000, 800_000)
    await (await append(theirs, 700_000, bytes.length))?.finalize(NO_HASHES)
    await stopped?.release()
    for (const id of ['1', '2']) await ours.parts.link({ name: spec.name, partId: id }, source.name)
    await ours.remove(source.name)
    await complete(ours, spec, '1', '2')
    assert.ok(Buffer.concat([bytes, bytes]).equals(await bytesOf(spec)))
    // Two segments of each part.
    assert.equal((await filesOf(spec)).length, 5)
    await ours.remove(spec.name)
    assert.deepEqual(await filesOf(spec), [])
  })

  it('removes the file of an abandoned attempt as an orphan, and no file of a stored part', async () => {
    const spec = newSpec()
    await write(ours, spec, '1', Buffer.from('one'))
    const abandoned = await begin(theirs, spec, '2', Buffer.from('two'))
    const [orphan, ...others] = await orphansOf(spec)
    assert.ok(orphan !== undefined && others.length === 0)
    for (const name of await filesOf(spec)) {
      assert.equal(await ours.inventory.removeOrphan(name), name === orphan)
    }
    abandoned.body.push(null)
    assert.deepEqual(await abandoned.writing, { kind: 'closed' })
    await complete(ours, spec, '1')
    assert.equal((await bytesOf(spec)).toString(), 'one')
    for (const name of await filesOf(spec)) assert.equal(await ours.inventory.removeOrphan(name), false)
  })

  it('lists an attempt of this process neither as an orphan nor as an upload', async () => {
    const spec = newSpec()
    const arriving = await begin(ours, spec, '1', Buffer.from('one'))
    assert.deepEqual(await orphansOf(spec), [])
    arriving.body.push(null)
    assert.equal((await arriving.writing).kind, 'part')
    await ours.uploads.cancel(spec.name)
  })

  describe('after a completion that a crash has cut off', () => {
    const seal = '0123456789abcdef'
    const crash = async (spec: Spec) => {
      const paths = objectPaths(folder, spec.name)
      await write(ours, spec, '1', Buffer.from('one'))
      await nodeFileSystem.open(paths.segment(seal), 'create').then((file) => file.close())
      await appendFile(paths.log, formatEntry({ seal }))
    }

    it('takes no part, and completes', async () => {
      const spec = newSpec()
      await crash(spec)
      assert.deepEqual(await write(theirs, spec, '1', Buffer.from('two')), { kind: 'closed' })
      assert.equal((await ours.parts.list(spec.name)).length, 1)
      assert.equal((await complete(theirs, spec, '1')).kind, 'object')
      assert.equal((await bytesOf(spec)).toString(), 'one')
      assert.equal((await filesOf(spec)).length, 2)
    })

    it('takes parts again when a sweep has removed the remains', async () => {
      const spec = newSpec()
      await crash(spec)
      const [orphan] = await orphansOf(spec)
      assert.equal(orphan, basename(objectPaths(folder, spec.name).segment(seal)))
      assert.ok(await ours.inventory.removeOrphan(orphan))
      assert.equal((await write(theirs, spec, '1', Buffer.from('two'))).kind, 'part')
      await complete(ours, spec, '1')
      assert.equal((await bytesOf(spec)).toString(), 'two')
    })
  })

  it('refuses its bodies when it is closed, so that clients send them again, and keeps the stored parts', async () => {
    const spec = newSpec()
    const storage = await openStorage()
    await write(storage, spec, '1', Buffer.from('one'))
    const arriving = await begin(storage, spec, '2', Buffer.from('two'))
    const ended = assert.rejects(arriving.writing, isCode('SERVICE_UNAVAILABLE'))
    await storage.close()
    await ended
    await assert.rejects(write(storage, spec, '3', Buffer.from('three')), isCode('SERVICE_UNAVAILABLE'))
    assert.deepEqual(
      (await ours.parts.list(spec.name)).map(({ partId }) => partId),
      ['1'],
    )
    await ours.uploads.cancel(spec.name)
  })

  it('writes a log that a version without parts refuses to read', async () => {
    const spec = newSpec()
    await write(ours, spec, '1', Buffer.from('one'))
    const log = await readFile(objectPaths(folder, spec.name).log, 'utf8')
    const versions = log.match(/"version":\d/g)
    assert.deepEqual(new Set(versions), new Set(['"version":2']))
    await ours.uploads.cancel(spec.name)
  })
})
