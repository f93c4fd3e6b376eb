import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { openStorage } from '@waybill/server/compose/open-storage.ts'
import { ServiceError } from '@waybill/server/domain/errors.ts'
import { NO_HASHES } from '@waybill/server/domain/uploads/upload-session.ts'
import { type Damage, scrub } from '@waybill/server/jobs/tasks/scrub.ts'
import type { ObjectStorage } from '@waybill/server/storage/object-storage.ts'
import { reportCorruption } from '@waybill/server/storage/report-corruption.ts'
import { memoryFolder } from '../memory-folder.ts'
import { createSeededRandom } from '../seeded-random.ts'

/** More in the long mode. */
const FLIPS = Number(process.env.FAULT_FLIPS ?? 24)
const SEED = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000)
const NO_LIMIT = { bytesPerSecond: Number.POSITIVE_INFINITY, signal: new AbortController().signal }
/** Sizes of less than a block, of exactly one, and of several. */
const SIZES = [1, 5000, 1_048_576, 2_500_000]
/** Sizes of the parts of one more object. */
const PART_SIZES = [1_048_577, 3000, 700_000]
const OBJECTS = SIZES.length + 1

describe('a scrub', () => {
  let folder: string
  let storage: ObjectStorage
  const bytesOf = new Map<string, Buffer>()
  const damagedReads: string[] = []

  before(async () => {
    folder = await mkdtemp(join(await memoryFolder(), 'waybill-scrub-'))
    const onDisk = await openStorage({ kind: 'disk', directory: folder })
    storage = reportCorruption(onDisk, ({ name }) => damagedReads.push(name))
    for (const size of SIZES) {
      const name = `files/org/file_${size}/a.bin`
      const bytes = randomBytes(size)
      bytesOf.set(name, Buffer.from(bytes))
      const body = Readable.from([bytes], { objectMode: false })
      await storage.write({ name, contentType: 'application/octet-stream' }, body, size)
    }
    await joinParts('files/org/file_parts/a.bin')
  })
  after(() => rm(folder, { recursive: true, force: true }))

  /** Creates an object of parts, each in a file of its own. */
  const joinParts = async (name: string) => {
    const parts = PART_SIZES.map((size, index) => ({
      partId: `${index}`,
      version: null,
      bytes: randomBytes(size),
    }))
    bytesOf.set(name, Buffer.concat(parts.map(({ bytes }) => bytes)))
    for (const { partId, bytes } of parts) {
      const body = Readable.from([Buffer.from(bytes)], { objectMode: false })
      await storage.parts.write({ name, partId }, body, { maxBytes: bytes.length })
    }
    const spec = { name, contentType: 'application/octet-stream' }
    assert.equal((await storage.parts.complete(spec, parts, NO_HASHES)).kind, 'object')
  }

  const everything = () => scrub(storage, { ...NO_LIMIT, firstSection: 100 })
  /** Returns the files of an object: its own file first, then those of its parts. */
  const pathsOf = async (name: string) => {
    const hash = createHash('sha256').update(name).digest('hex')
    const files = await readdir(folder, { recursive: true })
    const found = files
      .filter((path) => path.includes(hash))
      .toSorted((a) => (a.endsWith('.object') ? -1 : 1))
    assert.ok(found.length > 0)
    return found.map((path) => join(folder, path))
  }
  /** Runs `work` while one bit of the file is flipped. */
  const whileFlipped = async (path: string, position: number, bit: number, work: () => Promise<void>) => {
    const file = await open(path, 'r+')
    const byte = Buffer.alloc(1)
    const flip = async () => {
      await file.read(byte, 0, 1, position)
      byte[0] = (byte[0] ?? 0) ^ (1 << bit)
      await file.write(byte, 0, 1, position)
    }
    await flip()
    await work().finally(flip)
    await file.close()
  }

  it('reads all objects and reports no damage when there is none', async () => {
    const bytes = [...SIZES, ...PART_SIZES].reduce((sum, size) => sum + size, 0)
    assert.deepEqual(await everything(), { objects: OBJECTS, bytes, damage: [] })
  })

  it(`finds each of ${FLIPS} flipped bits, in data and in metadata, and no read serves one (seed ${SEED})`, async () => {
    const random = createSeededRandom(SEED)
    const names = [...bytesOf.keys()]
    let served = 0
    let found = 0
    for (let flip = 0; flip < FLIPS; flip++) {
      const name = names[flip % names.length] ?? ''
      const path = random.pick(await pathsOf(name))
      const { size } = await stat(path)
      const dataBytes = Math.min(bytesOf.get(name)?.length ?? 0, Math.max(0, size - 1000))
      // Half of the flips are in the metadata after the bytes, which random positions would rarely hit.
      const position = random.integer(flip % 8 < 4 ? 0 : dataBytes, size - 1)
      await whileFlipped(path, position, random.integer(0, 7), async () => {
        const read = await storage.read(name).then(buffer).catch(asServiceError)
        if (Buffer.isBuffer(read)) served++
        else assert.equal(read.code, 'OBJECT_DAMAGED', `byte ${position} of ${size}: ${read.message}`)
        found += (await everything()).damage.length
      })
    }
    console.log(`flipped bits: ${FLIPS} flips, ${served} served, ${found} found (seed ${SEED})`)
    assert.deepEqual([served, found], [0, FLIPS])
    assert.ok(damagedReads.length >= FLIPS, 'each damaged read is reported to the counter')
  })

  it('reports a damaged object at once, and continues with the others', async () => {
    const [name = ''] = bytesOf.keys()
    const [path = ''] = await pathsOf(name)
    await whileFlipped(path, 0, 0, async () => {
      const told: Damage[] = []
      const run = { ...NO_LIMIT, firstSection: 0, onDamage: (damage: Damage) => told.push(damage) }
      const { objects, damage } = await scrub(storage, run)
      assert.deepEqual(damage, told)
      assert.deepEqual(
        damage.map((one) => one.name),
        [name],
      )
      assert.equal(objects, OBJECTS)
    })
  })

  it('reports an object once when one of its parts is missing, or its own file is damaged', async () => {
    const name = 'files/org/file_parts/a.bin'
    const [object = '', part = ''] = await pathsOf(name)
    await rename(part, `${part}.away`)
    const missing = await everything()
    await rename(`${part}.away`, part)
    assert.deepEqual(
      missing.damage.map((one) => one.name),
      [name],
    )
    await whileFlipped(object, 10, 0, async () => {
      assert.deepEqual(
        (await everything()).damage.map((one) => one.name),
        [basename(object)],
      )
    })
  })

  it('reports a damaged part that a completion reads', async () => {
    const spec = { name: 'files/org/file_unfinished/a.bin', contentType: 'application/octet-stream' }
    const body = Readable.from([randomBytes(5000)], { objectMode: false })
    await storage.parts.write({ name: spec.name, partId: '1' }, body, { maxBytes: 5000 })
    const part = (await pathsOf(spec.name)).find((path) => path.endsWith('.segment'))
    damagedReads.length = 0
    await whileFlipped(part ?? '', 100, 0, async () => {
      const completing = storage.parts.complete(
        { ...spec, checksums: ['md5'] },
        [{ partId: '1', version: null }],
        NO_HASHES,
      )
      await assert.rejects(completing, { code: 'OBJECT_DAMAGED' })
    })
    assert.deepEqual(damagedReads, [spec.name])
  })

  it('ends when it is aborted during a pause between reads', async () => {
    const stopping = new AbortController()
    const run = { bytesPerSecond: 1, signal: stopping.signal, firstSection: 0 }
    const scrubbing = scrub(storage, run)
    stopping.abort()
    assert.ok((await scrubbing).objects < OBJECTS)
  })
})

function asServiceError(error: unknown): ServiceError {
  assert.ok(error instanceof ServiceError, String(error))
  return error
}
