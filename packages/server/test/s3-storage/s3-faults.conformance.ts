import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { ServiceError } from '../../src/domain/errors.ts'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { storeHosted } from '../../src/storage/hosted-uploads.conformance.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { bodyOf, inventoryOf, specOf } from '../../src/storage/objects.conformance.ts'
import type { S3Location } from '../../src/storage/s3/s3-location.ts'
import type { UploadSpec } from '../../src/storage/stored-object.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { FAULTS, type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts'
import { openBucket } from './open-bucket.ts'

const MIB = 1024 * 1024
const BYTES = randomBytes(7 * MIB + 99)
const EXPECTED = { ...NO_HASHES, sha256: createHash('sha256').update(BYTES).digest('base64') }
/** Ends of the bodies: the first one leaves a tail, the second one a part and a tail. */
const ENDS = [2 * MIB, 6 * MIB + 50, BYTES.length]
/** Ends of parts: one that S3 copies, small ones, and one that is linked. */
const PART_ENDS = [5 * MIB + 7, 5 * MIB + 17, 6 * MIB, BYTES.length]
const SEED = Number(process.env.S3_FAULT_SEED ?? Date.now() % 1_000_000)
/** Number of places of a fault; the long mode has all of them. */
const POINTS = Number(process.env.S3_FAULT_POINTS ?? 8)
const MAX_ATTEMPTS = 30
/** Short, so that a lasting fault is an error soon. */
const LIMITS = {
  attemptMs: 20_000,
  deadlineMs: 2000,
  firstPauseMs: 10,
  longestPauseMs: 200,
  maxFailures: 1000,
}

/** Tests that a fault at any request loses no acknowledged byte, and that the upload can go on. */
export function describeS3Faults(kind: string, location: () => Promise<S3Location>): void {
  describe(`a fault between the service and ${kind} (seed ${SEED})`, () => {
    let proxy: FaultyProxy
    let faulty: HostedStorage
    let sound: HostedStorage
    before(async () => {
      const place = await location()
      proxy = await startFaultyProxy(place.endpoint ?? '')
      sound = await openBucket(place, { isShared: true })
      faulty = await openBucket({ ...place, endpoint: proxy.url }, { isShared: true, limits: LIMITS })
    })
    after(async () => {
      await faulty?.close()
      await sound?.close()
      await proxy?.close()
    })

    /** Repeats the work until it succeeds. The first error lifts the fault. */
    const repeat = async <T>(work: () => Promise<T>): Promise<T> => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await work()
        } catch (error) {
          const isExpected =
            error instanceof ServiceError && /^(STORAGE_UNAVAILABLE|UPLOAD_FENCED)$/.test(error.code)
          if (!isExpected || attempt === MAX_ATTEMPTS) throw error
          proxy.lift()
        }
      }
    }

    /** Sends the bytes up to `end`, from what is stored. Returns false when the object is complete. */
    const send = async (spec: UploadSpec, end: number, acknowledged: number): Promise<boolean> => {
      const writer = await faulty.uploads.claim(spec, BYTES.length)
      if (writer === null) return false
      try {
        const { startOffset } = writer
        assert.ok(startOffset >= acknowledged, `${startOffset} bytes left of ${acknowledged}`)
        await writer.append(bodyOf(BYTES.subarray(startOffset, end)), {
          skipBytes: 0,
          maxBytes: BYTES.length,
        })
        if (end < BYTES.length) await writer.commit(Math.max(end, startOffset))
        else assert.equal((await writer.finalize(EXPECTED)).kind, 'object')
        return true
      } finally {
        await writer.release()
      }
    }

    const playSequence = async () => {
      const spec = { ...specOf(), checksums: ['sha256'] as const }
      let acknowledged = 0
      for (const end of ENDS) {
        await repeat(() => send(spec, end, acknowledged))
        acknowledged = end
        if (end < BYTES.length) assert.equal(await sound.uploads.offset(spec.name), end)
      }
      const object = await sound.stat(spec.name)
      assert.equal(object?.sizeBytes, BYTES.length)
      assert.ok(BYTES.equals(await repeat(async () => buffer(await faulty.read(spec.name)))))
      const copy = specOf()
      assert.ok(await repeat(() => faulty.copy(copy, object)))
      for (const { name } of [spec, copy]) await repeat(() => faulty.remove(name))
      proxy.lift()
      assert.equal(await faulty.stat(spec.name), null)
      assert.deepEqual(await inventoryOf(sound, copy), [])
    }

    const playParts = async () => {
      const [spec, source] = [{ ...specOf(), checksums: ['sha256'] as const }, specOf()]
      await storeHosted(sound, source, BYTES.subarray(PART_ENDS.at(-2)))
      const acknowledged: string[] = []
      let start = 0
      for (const [index, end] of PART_ENDS.entries()) {
        const part = { name: spec.name, partId: `${index}` }
        const bytes = BYTES.subarray(start, end)
        const isLinked = end === BYTES.length
        const write = () => faulty.parts.write(part, bodyOf(bytes), { maxBytes: bytes.length })
        const written = await repeat(() => (isLinked ? faulty.parts.link(part, source.name) : write()))
        assert.equal(written.kind, 'part')
        acknowledged.push(part.partId)
        const listed = (await sound.parts.list(spec.name)).map(({ partId }) => partId)
        assert.deepEqual(listed, acknowledged)
        start = end
      }
      const choices = acknowledged.map((partId) => ({ partId, version: null }))
      const completed = await repeat(() => faulty.parts.complete(spec, choices, EXPECTED))
      assert.equal(completed.kind, 'object')
      assert.ok(BYTES.equals(await repeat(async () => buffer(await faulty.read(spec.name)))))
      proxy.lift()
      for (const { name } of [spec, source]) await faulty.remove(name)
      assert.deepEqual(await inventoryOf(sound, spec), [])
    }

    for (const [of, play] of [
      ['an upload', playSequence],
      ['an upload of parts', playParts],
    ] as const) {
      it(`loses nothing, at each request of ${of}`, () => playWithFaults(of, play))
    }

    const playWithFaults = async (of: string, play: () => Promise<void>) => {
      proxy.plan('refuse', Number.POSITIVE_INFINITY, false)
      await play()
      const requests = proxy.seen()
      const points = Array.from({ length: requests }, (_, index) => index + 1).flatMap((number) =>
        FAULTS.flatMap((fault) => [false, true].map((isLasting) => ({ fault, number, isLasting }))),
      )
      const random = createSeededRandom(SEED)
      const chosen = points
        .map((point) => ({ point, order: random.integer(0, 1_000_000_000) }))
        .sort((one, other) => one.order - other.order)
        .slice(0, POINTS)
      for (const { point } of chosen) {
        proxy.plan(point.fault, point.number, point.isLasting)
        await play().catch((error: unknown) => {
          throw new Error(`${JSON.stringify(point)}: ${error}`, { cause: error })
        })
      }
      console.log(`faults in ${of}: ${chosen.length} points of ${points.length} (seed ${SEED})`)
    }
  })
}
