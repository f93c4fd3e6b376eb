import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { openStorage } from '../../packages/server/src/compose/open-storage.ts'
import { NO_HASHES } from '../../packages/server/src/domain/uploads/upload-session.ts'
import type { HostedStorage } from '../../packages/server/src/storage/object-storage.ts'
import { alternate } from '../alternate.ts'
import { measuredOfAll, ratioGoal, type WorkResult } from '../result.ts'
import { type Completion, completionResult, SMALL_PART_BYTES, usedBytes } from './completion.ts'
import type { Bench, Work } from './work.ts'

const MIB = 1024 ** 2
const PARALLEL_PARTS = 8
const BUFFER_BYTES = 64 * 1024
const ONE_BODY = 'one body'
const PARTS = `${PARALLEL_PARTS} parts at once`

/** Measures the storage alone, without HTTP: parts against one body, and the completion of many parts. */
export const partsWork: Work = { id: 'parts', measure: measureParts }

async function measureParts({ directory, options }: Bench): Promise<WorkResult[]> {
  const folder = join(directory, 'parts')
  await mkdir(folder)
  const storage = await openStorage({ kind: 'disk', directory: folder })
  const speeds = await alternate(options.rounds, [
    { name: ONE_BODY, measure: () => measureSpeed(storage, options.putBytes, writeOneBody) },
    { name: PARTS, measure: () => measureSpeed(storage, options.putBytes, writeParts) },
  ])
  const completions = await alternate(options.rounds, [
    { name: 'complete', measure: () => completeMany(storage, folder, options.joinedParts) },
  ])
  await storage.close()
  return [
    speedOf(speeds),
    completionResult(completions.get('complete') ?? [], options.joinedParts, {
      id: 'joined-parts',
      title: 'Completing an upload of many parts',
      surroundings: 'In the storage alone',
    }),
  ]
}

function speedOf(speeds: ReadonlyMap<string, readonly number[]>): WorkResult {
  const measured = measuredOfAll(speeds, (value) => value)
  return {
    id: 'parts',
    title: '1 GiB in parallel parts',
    method:
      'The storage alone, without HTTP. Both contestants store the same bytes with their CRC-32C, and sync them. The time ' +
      'of the parts includes the completion, which joins them to one object.',
    unit: 'MiB/s',
    isMoreBetter: true,
    measured,
    goals: ratioGoal(measured, [PARTS, ONE_BODY], {
      text: '× one body',
      needed: 0.9,
      bound: 'at least',
    }),
  }
}

type Store = (storage: HostedStorage, name: string, bytes: number) => Promise<void>

/** Returns the MiB per second of one object, which is removed afterwards. */
async function measureSpeed(storage: HostedStorage, bytes: number, store: Store): Promise<number> {
  const name = 'files/measured'
  const startMs = performance.now()
  await store(storage, name, bytes)
  const seconds = (performance.now() - startMs) / 1000
  const object = await storage.stat(name)
  if (object?.sizeBytes !== bytes) throw new Error('the object has another size')
  await storage.remove(name)
  return bytes / MIB / seconds
}

async function writeOneBody(storage: HostedStorage, name: string, bytes: number): Promise<void> {
  await storage.write({ name, contentType: 'application/octet-stream' }, bodyOf(bytes), bytes)
}

async function writeParts(storage: HostedStorage, name: string, bytes: number): Promise<void> {
  await storeParts(storage, name, PARALLEL_PARTS, Math.ceil(bytes / PARALLEL_PARTS), bytes)
  await complete(storage, name, PARALLEL_PARTS)
}

/** Stores all parts at once; the last one has what is left of the bytes. */
async function storeParts(
  storage: HostedStorage,
  name: string,
  parts: number,
  partBytes: number,
  bytes: number,
): Promise<void> {
  await Promise.all(
    Array.from({ length: parts }, async (_, index) => {
      const size = Math.min(partBytes, bytes - index * partBytes)
      const limits = { maxBytes: size }
      const { kind } = await storage.parts.write({ name, partId: String(index) }, bodyOf(size), limits)
      if (kind !== 'part') throw new Error(`a part ended with ${kind}`)
    }),
  )
}

async function complete(storage: HostedStorage, name: string, parts: number): Promise<void> {
  const spec = { name, contentType: 'application/octet-stream' }
  const choices = Array.from({ length: parts }, (_, index) => ({ partId: String(index), version: null }))
  const { kind } = await storage.parts.complete(spec, choices, NO_HASHES)
  if (kind !== 'object') throw new Error(`the completion ended with ${kind}`)
}

async function completeMany(storage: HostedStorage, folder: string, parts: number): Promise<Completion> {
  const name = 'files/joined'
  const batch = 50
  for (let first = 0; first < parts; first += batch) {
    const ids = Array.from({ length: Math.min(batch, parts - first) }, (_, index) => String(first + index))
    const limits = { maxBytes: SMALL_PART_BYTES }
    await Promise.all(
      ids.map((partId) => storage.parts.write({ name, partId }, bodyOf(SMALL_PART_BYTES), limits)),
    )
  }
  const bytesBefore = await usedBytes(folder)
  const startMs = performance.now()
  await complete(storage, name, parts)
  const milliseconds = performance.now() - startMs
  const bytesAfter = await usedBytes(folder)
  await storage.remove(name)
  return { milliseconds, bytesBefore, bytesAfter }
}

/** Returns a body of buffers of their own, because the storage releases them. */
function bodyOf(bytes: number): Readable {
  function* buffers() {
    for (let left = bytes; left > 0; left -= BUFFER_BYTES) {
      yield Buffer.allocUnsafeSlow(Math.min(BUFFER_BYTES, left)).fill(left % 251)
    }
  }
  return Readable.from(buffers(), { objectMode: false, highWaterMark: BUFFER_BYTES })
}
