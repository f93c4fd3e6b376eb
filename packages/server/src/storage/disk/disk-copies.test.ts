import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { memoryFolder } from '../../../test/memory-folder.ts'
import { ServiceError } from '../../domain/errors.ts'
import { NO_HASHES } from '../../domain/uploads/upload-session.ts'
import type { HostedStorage } from '../object-storage.ts'
import type { ObjectMetadata } from '../stored-object.ts'
import { openDiskStorage } from './disk-storage.ts'
import type { FileSystem } from './file-system.ts'
import { nodeFileSystem } from './node-file-system.ts'
import { objectPaths } from './object-paths.ts'

const MIB = 1024 * 1024
/** More calls of the file system than a copy makes. */
const MAX_CALLS = 60
const RACES = 40

describe('copies of objects on disk', () => {
  let folder: string
  /** Two storages on one directory act as two processes on one volume. */
  let ours: HostedStorage
  let theirs: HostedStorage

  const openStorage = (fs: FileSystem = nodeFileSystem) =>
    openDiskStorage(folder, { heldBytes: 0, limitBytes: 64 * MIB }, { fs })
  before(async () => {
    folder = await mkdtemp(join(await memoryFolder(), 'waybill-copies-'))
    ours = await openStorage()
    theirs = await openStorage()
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const newSpec = () => ({ name: randomBytes(8).toString('hex'), contentType: 'application/x-test' })
  type Spec = ReturnType<typeof newSpec>

  const store = async (bytes: Buffer): Promise<ObjectMetadata> => {
    const body = Readable.from([Buffer.from(bytes)], { objectMode: false })
    const written = await ours.write(newSpec(), body, bytes.length)
    return written.kind === 'object' ? written.object : assert.fail(written.kind)
  }
  const storeParts = async (parts: readonly Buffer[]): Promise<ObjectMetadata> => {
    const spec = newSpec()
    for (const [index, bytes] of parts.entries()) {
      const body = Readable.from([Buffer.from(bytes)], { objectMode: false })
      await ours.parts.write({ name: spec.name, partId: `${index}` }, body, { maxBytes: bytes.length })
    }
    const choices = parts.map((_, index) => ({ partId: `${index}`, version: null }))
    const completed = await ours.parts.complete(spec, choices, NO_HASHES)
    return completed.kind === 'object' ? completed.object : assert.fail(completed.kind)
  }
  const copyOf = async (storage: HostedStorage, source: ObjectMetadata): Promise<ObjectMetadata> =>
    (await storage.copy(newSpec(), source)) ?? assert.fail('there is no copy')
  const bytesOf = async ({ name }: Spec) => buffer(await theirs.read(name))
  const filesOf = async ({ name }: Spec) => {
    const { directory, object } = objectPaths(folder, name)
    const files = (await readdir(directory)).filter((file) => file.startsWith(basename(object, '.object')))
    return files.sort().map((file) => join(directory, file))
  }
  const assertNothing = async (spec: Spec) => assert.deepEqual(await filesOf(spec), [])
  const entriesOf = async ({ name }: Spec) => {
    const section = Number.parseInt(basename(objectPaths(folder, name).directory), 16)
    const found: string[] = []
    for await (const entry of theirs.inventory.list(section)) {
      const isOf =
        'id' in entry
          ? entry.id.startsWith(basename(objectPaths(folder, name).log, '.log'))
          : entry.name === name
      if (isOf) found.push(entry.kind)
    }
    return found
  }

  it('stores the bytes once, and lists every object as complete', async () => {
    const source = await store(randomBytes(2 * MIB))
    const copy = await copyOf(ours, source)
    const second = await copyOf(theirs, copy)
    const inodes = await Promise.all(
      [source, copy, second].map(async (object) => {
        const facts = await Promise.all((await filesOf(object)).map((path) => stat(path)))
        return facts.filter(({ size }) => size >= 2 * MIB).map(({ ino }) => ino)
      }),
    )
    assert.equal(inodes.flat().length, 3)
    assert.equal(new Set(inodes.flat()).size, 1)
    for (const object of [source, copy, second]) assert.deepEqual(await entriesOf(object), ['object'])
    for (const object of [source, copy, second]) {
      await ours.remove(object.name)
      await assertNothing(object)
    }
  })

  it('copies an object of parts and one of several segments, also from a copy', async () => {
    const parts = [randomBytes(MIB + 1), randomBytes(10), randomBytes(MIB)]
    for (const source of [await storeParts(parts), await storeSegments(Buffer.concat(parts))]) {
      const copy = await copyOf(ours, source)
      await ours.remove(source.name)
      const second = await copyOf(theirs, copy)
      await ours.remove(copy.name)
      assert.ok(Buffer.concat(parts).equals(await bytesOf(second)))
      await ours.remove(second.name)
      for (const object of [source, copy, second]) await assertNothing(object)
    }
  })

  /** Stores an object whose bytes two writers wrote. */
  const storeSegments = async (bytes: Buffer): Promise<ObjectMetadata> => {
    const spec = newSpec()
    const append = async (storage: HostedStorage, from: number, to: number) => {
      const writer = await storage.uploads.claim(spec, null)
      const body = Readable.from([Buffer.from(bytes.subarray(from, to))], { objectMode: false })
      await writer?.append(body, { skipBytes: 0, maxBytes: bytes.length })
      return writer
    }
    await (await append(ours, 0, MIB))?.commit(MIB)
    const stopped = await append(ours, MIB, MIB + 100)
    const finalized = await (await append(theirs, MIB, bytes.length))?.finalize(NO_HASHES)
    await stopped?.release()
    return finalized?.kind === 'object' ? finalized.object : assert.fail('there is no object')
  }

  it('finds a flipped bit in every object that shares the bytes', async () => {
    const source = await store(randomBytes(2 * MIB))
    const copy = await copyOf(ours, source)
    const file = await open(objectPaths(folder, source.name).object, 'r+')
    const byte = Buffer.alloc(1)
    await file.read(byte, 0, 1, MIB + 7)
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, MIB + 7)
    await file.close()
    for (const object of [source, copy]) {
      await assert.rejects(
        bytesOf(object),
        (error) => error instanceof ServiceError && error.code === 'OBJECT_DAMAGED',
      )
    }
    // The checksums of the parts detect no damage before a block is read.
    const damaged = await copyOf(ours, source)
    await assert.rejects(bytesOf(damaged))
  })

  it('copies an object completely or not at all while another process removes it', async () => {
    const outcomes = { copied: 0, missing: 0 }
    for (let race = 0; race < RACES; race++) {
      const parts = [randomBytes(3000), randomBytes(20)]
      const source = await (race % 2 === 0 ? store(Buffer.concat(parts)) : storeParts(parts))
      const spec = newSpec()
      const removing = theirs.remove(source.name)
      for (let turn = 0; turn < race % 8; turn++) await new Promise(setImmediate)
      const copy = await ours.copy(spec, source)
      await removing
      if (copy === null) {
        outcomes.missing++
        await assertNothing(spec)
      } else {
        outcomes.copied++
        assert.ok(Buffer.concat(parts).equals(await bytesOf(spec)))
        await ours.remove(spec.name)
        await assertNothing(spec)
      }
      await assertNothing(source)
    }
    assert.equal(outcomes.copied + outcomes.missing, RACES)
  })

  /** Opens the storage in a process that dies before its call of this number. */
  const openDying = (calls: number) => {
    let left = calls
    const die = async () => {
      if (left-- <= 0) throw new Error('killed')
    }
    const fs: FileSystem = {
      ...nodeFileSystem,
      open: async (path, mode) => {
        await die()
        const file = await nodeFileSystem.open(path, mode)
        return {
          ...file,
          write: (...input) => die().then(() => file.write(...input)),
          datasync: () => die().then(() => file.datasync()),
          sync: () => die().then(() => file.sync()),
        }
      },
      link: (path, newPath) => die().then(() => nodeFileSystem.link(path, newPath)),
      remove: (path) => die().then(() => nodeFileSystem.remove(path)),
      rename: (path, newPath) => die().then(() => nodeFileSystem.rename(path, newPath)),
    }
    return openStorage(fs)
  }

  it('leaves the source, and a copy that can be used or removed, wherever its process is killed', async () => {
    const bytes = Buffer.concat([randomBytes(MIB + 1), randomBytes(10)])
    const source = await storeParts([bytes.subarray(0, MIB + 1), bytes.subarray(MIB + 1)])
    const outcomes = { killed: 0, copied: 0 }
    for (let calls = 1; calls <= MAX_CALLS; calls++) {
      const spec = newSpec()
      // The first call belongs to the check of the folder at the start.
      const dying = await openDying(calls).catch(() => null)
      const isCopied = (await dying?.copy(spec, source).catch(() => null)) != null
      outcomes[isCopied ? 'copied' : 'killed']++
      assert.ok(bytes.equals(await bytesOf({ ...spec, name: source.name })), `killed at call ${calls}`)
      const left = await theirs.stat(spec.name)
      assert.ok(left !== null || !isCopied)
      if (left !== null) assert.ok(bytes.equals(await bytesOf(spec)))
      assert.ok(!(await entriesOf(spec)).includes('unreadable'))
      await theirs.uploads.cancel(spec.name)
      await theirs.remove(spec.name)
      assert.equal(await theirs.stat(spec.name), null)
      for (const path of await filesOf(spec))
        assert.ok(await theirs.inventory.removeOrphan(basename(path)), path)
      await assertNothing(spec)
    }
    assert.ok(outcomes.killed > 10 && outcomes.copied > 10, JSON.stringify(outcomes))
    assert.ok(bytes.equals(await bytesOf({ ...newSpec(), name: source.name })))
  })
})
