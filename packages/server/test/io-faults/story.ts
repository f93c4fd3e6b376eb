import assert from 'node:assert/strict'
import { ServiceError } from '../../src/domain/errors.ts'
import { openDiskStorage } from '../../src/storage/disk/disk-storage.ts'
import { hasErrno } from '../../src/storage/disk/file-errors.ts'
import type { UploadWriter } from '../../src/storage/hosted-uploads.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import { sectionOf } from '../power/actions.ts'
import {
  announcedHashes,
  bodyOf,
  CONTENT_TYPE,
  contentOf,
  crc32cOf,
  hasBytes,
  partOf,
} from '../power/content.ts'
import {
  createLedger,
  type Ledger,
  NO_PART,
  NOTHING_PROMISED,
  type PartBytes,
  type PromisedPart,
  type Promises,
} from '../power/ledger.ts'
import { partIdOf } from '../power/parts-actions.ts'
import type { FaultyDisk } from './with-faults.ts'

/** Number of failed attempts of one step after which a persistent fault is lifted. */
const ATTEMPTS_UNTIL_LIFTED = 3
const MAX_ATTEMPTS = 8
const CHUNK_BYTES = 15_000
const UPLOAD_BYTES = 50_000
/** Size below the first publication during an upload, so that the upload may have no log. */
const BRIEF_BYTES = 15_000
const PUBLISH_EVERY_BYTES = 20_000

interface Teller {
  readonly disk: FaultyDisk
  readonly prefix: string
  readonly ours: HostedStorage
  /** Storage that acts as another process: it does not know the writers of `ours`. */
  readonly theirs: HostedStorage
  readonly ledger: Ledger
}

export interface StoryPlace {
  readonly disk: FaultyDisk
  readonly root: string
  /** Prefix of the names of all uploads. */
  readonly prefix?: string
  /** Called with the promises after each change. */
  readonly onPromise?: (promises: Promises) => void
}

/** Repeats the first start on an empty disk until it succeeds. */
export async function tellFirstStart(place: StoryPlace): Promise<Promises> {
  const teller = await begin(place)
  await end(teller)
  return teller.ledger.all()
}

/**
 * Uses every function of a storage once, in a fixed order, so that the n-th call of the file system is always the same.
 * Repeats failed steps, as clients do. Throws errors that no client may see, and returns the promises.
 */
export async function tellStory(place: StoryPlace): Promise<Promises> {
  const teller = await begin(place)
  await sendInChunks(teller, 'chunks', 40_000)
  await finish(teller, 'chunks', { algorithm: 'md5' })
  await sendInChunks(teller, 'long', 20_000)
  await finish(teller, 'long', { algorithm: 'crc32c' })
  await finish(teller, 'brief', { algorithm: 'crc32c', expectedBytes: BRIEF_BYTES })
  await refuseOtherHash(teller, 'refused')
  await sendInChunks(teller, 'refused', 10_000, BRIEF_BYTES)
  await takeOver(teller, 'segments')
  await writeAtOnce(teller, 'direct')
  await sendParts(teller, 'parts')
  await joinParts(teller, 'parts', 'md5')
  await linkParts(teller, 'linked')
  await joinParts(teller, 'linked', 'crc32c')
  await sendParts(teller, 'dropped parts')
  await deleteBytes(teller, 'dropped parts')
  await sendInChunks(teller, 'half', 20_000)
  await sendInChunks(teller, 'dropped', 20_000)
  await deleteBytes(teller, 'dropped')
  await remove(teller, 'chunks')
  await look(teller)
  await end(teller)
  return teller.ledger.all()
}

async function begin({ disk, root, prefix = '', onPromise = () => {} }: StoryPlace): Promise<Teller> {
  const options = { fs: disk.fs, publishEveryBytes: PUBLISH_EVERY_BYTES }
  const open = () =>
    attempt(disk, () => openDiskStorage(root, { heldBytes: 0, limitBytes: 1 }, options), isOfTheSystem)
  const ledger = createLedger(NOTHING_PROMISED, () => onPromise(ledger.all()))
  const [ours, theirs] = [await open(), await open()]
  ledger.setOwner(await attempt(disk, () => ours.inventory.owner('first')))
  return { disk, prefix, ours, theirs, ledger }
}

async function end({ ours, theirs }: Teller): Promise<void> {
  await ours.close()
  await theirs.close()
}

/** Repeats a step until it succeeds. Each failure must be a clear error that a fault caused. */
async function attempt<T>(disk: FaultyDisk, step: () => Promise<T>, isClear = isAnswer): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    const metBefore = disk.met()
    try {
      return await step()
    } catch (error) {
      if (!isClear(error)) throw error
      assert.ok(disk.met() > metBefore, `the storage throws ${describe(error)} without a fault`)
      assert.ok(
        attempts < MAX_ATTEMPTS,
        `the storage still throws ${describe(error)} after the end of the fault`,
      )
      if (attempts >= ATTEMPTS_UNTIL_LIFTED) disk.lift()
    }
  }
}

/** Returns true for errors that a client may see: the disk is full, or the storage cannot be used. */
function isAnswer(error: unknown): boolean {
  if (!(error instanceof ServiceError)) return false
  return error.code === (hasErrno(error.cause, 'ENOSPC') ? 'STORAGE_FULL' : 'STORAGE_UNAVAILABLE')
}

/** Returns true for errors of the system, which the opener of a storage may see. */
function isOfTheSystem(error: unknown): boolean {
  return error instanceof Error && 'code' in error && !(error instanceof ServiceError)
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.message} (${error.cause})` : String(error)
}

function addUpload({ ledger, prefix }: Teller, short: string, sizeBytes = UPLOAD_BYTES): string {
  const name = `${prefix}${short}`
  const promised = { name, incarnation: 0, sizeBytes, status: 'open', offset: 0 } as const
  ledger.add({ ...promised, takeBacks: 0, object: 'none', parts: null })
  return name
}

/** Returns the writer that continues at the acknowledged offset; null when the object is complete. */
async function claim(
  { ledger }: Teller,
  storage: HostedStorage,
  name: string,
  expectedBytes: number | null,
): Promise<UploadWriter | null> {
  const { offset, sizeBytes, object } = ledger.get(name)
  const asked = await storage.uploads.offset(name)
  const writer = await storage.uploads.claim({ name, contentType: CONTENT_TYPE }, expectedBytes)
  if (writer === null) {
    assert.notEqual(object, 'none', `${name} is unfinished, and takes no writer`)
    return null
  }
  const { startOffset } = writer
  assert.ok(asked >= offset, `${name} stands at ${asked}, and ${offset} was acknowledged`)
  assert.ok(startOffset >= asked, `${name} continues at ${startOffset}, but ${asked} was acknowledged`)
  assert.ok(startOffset <= sizeBytes, `${name} stands at ${startOffset} of ${sizeBytes}`)
  ledger.set(name, { offset: startOffset })
  return writer
}

function piecesOf(bytes: Buffer) {
  return bodyOf(bytes, null)
}

async function sendInChunks(
  teller: Teller,
  short: string,
  bytes: number,
  expectedBytes: number | null = null,
) {
  const { disk, ledger, ours, prefix } = teller
  const name = expectedBytes === null ? addUpload(teller, short) : `${prefix}${short}`
  while (ledger.get(name).offset < bytes) {
    await attempt(disk, async () => {
      assert.equal(await ours.stat(name), null, `${name} is unfinished, and to be seen`)
      const writer = await claim(teller, ours, name, expectedBytes)
      assert.ok(writer)
      try {
        const { startOffset } = writer
        const end = Math.max(startOffset, Math.min(startOffset + CHUNK_BYTES, bytes))
        const chunk = contentOf(ledger.get(name)).subarray(startOffset, end)
        await writer.append(piecesOf(chunk), { skipBytes: 0, maxBytes: chunk.length })
        await writer.commit(end)
        ledger.set(name, { offset: end })
      } finally {
        await writer.release()
      }
    })
  }
}

interface Ending {
  readonly algorithm: 'md5' | 'crc32c'
  readonly expectedBytes?: number
  readonly by?: HostedStorage
}

async function finish(
  teller: Teller,
  short: string,
  { algorithm, expectedBytes, by }: Ending,
): Promise<void> {
  const { disk, ledger, ours, prefix } = teller
  const name = expectedBytes === undefined ? `${prefix}${short}` : addUpload(teller, short, expectedBytes)
  const storage = by ?? ours
  const upload = ledger.get(name)
  const content = contentOf(upload)
  await attempt(disk, async () => {
    const writer = await claim(teller, storage, name, expectedBytes ?? null)
    if (writer) {
      try {
        const rest = content.subarray(writer.startOffset)
        await writer.append(piecesOf(rest), { skipBytes: 0, maxBytes: rest.length })
        ledger.set(name, { object: 'maybe' })
        const finalized = await writer.finalize(announcedHashes(content, algorithm))
        assert.equal(finalized.kind, 'object', `${name} has other bytes than were sent`)
      } finally {
        await writer.release()
      }
    }
    const object = await storage.stat(name)
    assert.equal(object?.sizeBytes, content.length)
    assert.equal(object.crc32c, crc32cOf(content))
    ledger.set(name, { object: 'complete' })
  })
}

async function refuseOtherHash(teller: Teller, short: string): Promise<void> {
  const { disk, ledger, ours } = teller
  const name = addUpload(teller, short, BRIEF_BYTES)
  const content = contentOf(ledger.get(name))
  await attempt(disk, async () => {
    const writer = await claim(teller, ours, name, BRIEF_BYTES)
    assert.ok(writer)
    try {
      const rest = content.subarray(writer.startOffset)
      await writer.append(piecesOf(rest), { skipBytes: 0, maxBytes: rest.length })
      const finalized = await writer.finalize(announcedHashes(Buffer.from('other bytes'), 'md5'))
      assert.equal(finalized.kind, 'mismatch')
    } finally {
      await writer.release()
    }
  })
}

async function writeAtOnce(teller: Teller, short: string): Promise<void> {
  const { disk, ours, ledger } = teller
  const name = addUpload(teller, short)
  const upload = ledger.get(name)
  await attempt(disk, async () => {
    ledger.set(name, { status: 'deleting', object: 'maybe' })
    // The object may be complete although the client got an error.
    if ((await ours.stat(name)) === null) {
      const spec = { name, contentType: CONTENT_TYPE }
      const written = await ours.write(spec, piecesOf(contentOf(upload)), upload.sizeBytes)
      assert.equal(written.kind, 'object')
    }
    ledger.set(name, { status: 'open', object: 'complete' })
  })
}

/** Claims a writer that is not released before another process has created the object. */
async function takeOver(teller: Teller, short: string): Promise<void> {
  const { disk, prefix, ours, theirs } = teller
  await sendInChunks(teller, short, 10_000)
  const name = `${prefix}${short}`
  const stopped = await attempt(disk, () => ours.uploads.claim({ name, contentType: CONTENT_TYPE }, null))
  assert.ok(stopped)
  await finish(teller, short, { algorithm: 'md5', by: theirs })
  await attempt(disk, () => stopped.release())
}

const PART_COUNT = 3

/** Sends the parts through both processes, the last one first, and the first part a second time over other bytes. */
async function sendParts(teller: Teller, short: string): Promise<void> {
  const name = addPartsUpload(teller, short)
  for (const index of [2, 0, 1, 0]) {
    const isFirst = teller.ledger.get(name).parts?.[index]?.begun === 0
    await sendPart(teller, name, index, index === 0 && isFirst ? 'wrong' : 'right')
  }
}

function addPartsUpload({ ledger, prefix }: Teller, short: string): string {
  const name = `${prefix}${short}`
  const parts = Array<PromisedPart>(PART_COUNT).fill(NO_PART)
  const promised = { name, incarnation: 0, sizeBytes: UPLOAD_BYTES, status: 'open', offset: 0 } as const
  ledger.add({ ...promised, takeBacks: 0, object: 'none', parts })
  return name
}

async function sendPart(
  { disk, ours, theirs, ledger }: Teller,
  name: string,
  index: number,
  bytes: PartBytes,
): Promise<void> {
  const set = (change: Partial<PromisedPart>) => {
    const parts = ledger.get(name).parts?.map((part, at) => (at === index ? { ...part, ...change } : part))
    ledger.set(name, { parts: parts ?? null })
  }
  const { possible = [], begun = 0 } = ledger.get(name).parts?.[index] ?? {}
  set({ possible: [...possible, bytes], begun: begun + 1 })
  const content = partOf(ledger.get(name), index, bytes)
  const [storage, other] = index === 1 ? [theirs, ours] : [ours, theirs]
  await attempt(disk, async () => {
    // Bytes of a failed attempt that another process sees must be durable. When every call fails, the failed sync
    // cannot be recorded in the log, and only the process that stores the part knows of it.
    const observer = disk.met() > 1 ? storage : other
    const seen = (await observer.parts.list(name)).some(({ partId }) => partId === partIdOf(index))
    if (seen) set({ isStored: true })
    const spec = { name, partId: partIdOf(index) }
    const limits = { maxBytes: content.length, expected: announcedHashes(content, 'crc32c') }
    const written = await storage.parts.write(spec, piecesOf(content), limits)
    assert.equal(written.kind, 'part', `${name} takes no part`)
  })
  set({ possible: [bytes], isStored: true })
}

async function joinParts(teller: Teller, short: string, algorithm: 'md5' | 'crc32c'): Promise<void> {
  const { disk, ledger, ours, prefix } = teller
  const name = `${prefix}${short}`
  const content = contentOf(ledger.get(name))
  ledger.set(name, { object: 'maybe' })
  const choices = Array.from({ length: PART_COUNT }, (_, index) => ({
    partId: partIdOf(index),
    version: null,
  }))
  const spec = { name, contentType: CONTENT_TYPE }
  await attempt(disk, async () => {
    const completed = await ours.parts.complete(spec, choices, announcedHashes(content, algorithm))
    assert.ok(completed.kind === 'object', `${name} cannot be completed: ${completed.kind}`)
    assert.equal(completed.object.crc32c, crc32cOf(content))
  })
  ledger.set(name, { object: 'complete' })
}

/** Links three objects as the parts of an upload. */
async function linkParts(teller: Teller, short: string): Promise<void> {
  const { disk, ours, ledger } = teller
  const name = addPartsUpload(teller, short)
  for (let index = 0; index < PART_COUNT; index++) {
    const source = `${name} source ${index}`
    const content = partOf(ledger.get(name), index, 'right')
    await attempt(disk, async () => {
      if ((await ours.stat(source)) !== null) return
      await ours.write({ name: source, contentType: CONTENT_TYPE }, piecesOf(content), content.length)
    })
    await attempt(disk, async () => {
      const linked = await ours.parts.link({ name, partId: partIdOf(index) }, source)
      assert.equal(linked.kind, 'part', `${name} takes no part`)
    })
    const parts = ledger
      .get(name)
      .parts?.map(
        (part, at): PromisedPart => (at === index ? { ...part, possible: ['right'], isStored: true } : part),
      )
    ledger.set(name, { parts: parts ?? null })
    await attempt(disk, () => ours.remove(source))
  }
}

async function deleteBytes({ disk, prefix, ours, ledger }: Teller, short: string): Promise<void> {
  const name = `${prefix}${short}`
  await attempt(disk, async () => {
    ledger.set(name, { status: 'deleting' })
    await ours.uploads.cancel(name)
    await ours.remove(name)
    ledger.set(name, { status: 'deleted' })
  })
}

async function remove({ disk, prefix, ours, ledger }: Teller, short: string): Promise<void> {
  const name = `${prefix}${short}`
  const { incarnation } = ledger.get(name)
  ledger.set(name, { status: 'deleting', object: 'maybe' })
  await attempt(disk, () => ours.remove(name))
  ledger.set(name, { status: 'open', object: 'none', offset: 0, incarnation: incarnation + 1 })
}

/** Reads complete objects completely and in part, and lists and sweeps the storage. */
async function look({ disk, ours, ledger }: Teller): Promise<void> {
  for (const upload of ledger.all().uploads) {
    const { name, object } = upload
    const content = contentOf(upload)
    if (object === 'complete') {
      await attempt(disk, async () => {
        assert.ok(await hasBytes(await ours.read(name), content), `${name} has other bytes`)
        const part = await ours.read(name, { start: 5, end: 9_000 })
        assert.ok(await hasBytes(part, content.subarray(5, 9_001)), `${name} has other bytes`)
      })
    }
    await attempt(disk, async () => {
      for await (const entry of ours.inventory.list(sectionOf(upload))) {
        if (entry.kind === 'orphan') await ours.inventory.removeOrphan(entry.id)
      }
    })
  }
}
