import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { UploadWriter } from '../../src/storage/hosted-uploads.ts'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import type { ObjectMetadata } from '../../src/storage/stored-object.ts'
import { announcedHashes, bodyOf, CONTENT_TYPE, contentOf, crc32cOf, hasBytes } from './content.ts'
import { type Ledger, NO_PART } from './ledger.ts'
import type { Random } from './random.ts'

/** Request to one process on one upload. */
export interface Request {
  readonly random: Random
  readonly ledger: Ledger
  readonly storage: HostedStorage
  readonly name: string
}

/** Weights of the actions that may run concurrently on one upload. All others run alone. */
export const SHARED = { send: 10, ask: 3, fence: 2, look: 3, read: 1, sweep: 1 } as const
export const ALONE = { writeComplete: 1, cancelComplete: 1, remove: 1, deleteBytes: 1 } as const

export type SharedAction = keyof typeof SHARED
export type Action = SharedAction | keyof typeof ALONE

/** Actions that update the ledger: before the call with the possible effect, after the answer with the promise. */
export const actions: Readonly<Record<Action, (request: Request) => Promise<void>>> = {
  send,
  ask: async ({ storage, ledger, name }) => {
    const before = ledger.get(name)
    if (before.status !== 'open') return
    const answer = await storage.uploads.offset(name)
    const { object, takeBacks } = ledger.get(name)
    // A complete object has no unfinished upload. Bytes that a commit drops meanwhile may have been counted.
    const isPromise = object === 'none' && takeBacks === before.takeBacks && takeBacks % 2 === 0
    if (isPromise) acknowledgeOffset(ledger, name, answer)
  },
  fence: async ({ storage, ledger, name }) => {
    if (ledger.get(name).status !== 'open') return
    const offset = await storage.uploads.fence({ name, contentType: CONTENT_TYPE })
    if (offset === null) return acknowledgeFound(storage, ledger, name)
    acknowledgeOffset(ledger, name, offset)
    endTakeBack(ledger, name)
  },
  look: async ({ storage, ledger, name }) => {
    const { object, status } = ledger.get(name)
    const found = await storage.stat(name)
    if (found && status === 'open') acknowledgeObject(ledger, name, found)
    assert.ok(found !== null || object !== 'complete', `${name} is complete, but not visible`)
  },
  read: async ({ storage, ledger, name }) => {
    const upload = ledger.get(name)
    if (upload.object !== 'complete' || upload.status !== 'open') return
    assert.ok(await hasBytes(await storage.read(name), contentOf(upload)), `${name} has other bytes`)
  },
  sweep: async ({ storage, name }) => {
    for await (const entry of storage.inventory.list(sectionOf({ name }))) {
      assert.notEqual(entry.kind, 'unreadable', JSON.stringify(entry))
      // A sweep keeps orphans without a name for a day, because their upload may be new.
      if (entry.kind === 'orphan' && entry.name === name) await storage.inventory.removeOrphan(entry.id)
    }
  },
  writeComplete: async ({ random, storage, ledger, name }) => {
    const upload = ledger.get(name)
    if (upload.status !== 'open' || upload.object !== 'none' || upload.offset > 0) return
    const breaks = random.chance(0.2)
    // A write first removes the bytes of an earlier one. Its own bytes remain only as a complete object.
    ledger.set(name, { status: 'deleting', object: 'maybe' })
    const spec = { name, contentType: CONTENT_TYPE }
    const written = await storage.write(spec, bodyOf(contentOf(upload), random, breaks), upload.sizeBytes)
    if (written.kind === 'object') acknowledgeObject(ledger, name, written.object)
    ledger.set(name, written.kind === 'object' ? { status: 'open' } : { status: 'deleted', object: 'none' })
  },
  cancelComplete: async ({ storage, ledger, name }) => {
    const { object, status } = ledger.get(name)
    if (object === 'complete' && status === 'open') await storage.uploads.cancel(name)
  },
  remove: async ({ storage, ledger, name }) => {
    const { object, status, incarnation } = ledger.get(name)
    if (object !== 'complete' || status !== 'open') return
    ledger.set(name, { object: 'maybe', status: 'deleting' })
    await storage.remove(name)
    assert.equal(await storage.stat(name), null)
    const { parts } = ledger.get(name)
    const renewed = { incarnation: incarnation + 1, parts: parts?.map(() => NO_PART) ?? null }
    ledger.set(name, { object: 'none', status: 'open', offset: 0, ...renewed })
  },
  deleteBytes: async ({ storage, ledger, name }) => {
    const { object } = ledger.get(name)
    ledger.set(name, { status: 'deleting', object: object === 'none' ? 'none' : 'maybe' })
    await storage.uploads.cancel(name)
    await storage.remove(name)
    ledger.set(name, { status: 'deleted', object: 'none' })
  },
}

/** Returns the section of an object: the first byte of the SHA-256 of its name. */
export function sectionOf({ name }: { readonly name: string }): number {
  return createHash('sha256').update(name).digest().readUInt8(0)
}

const MAX_BYTES = 1024 ** 3

/** Sends a body, which may repeat stored bytes, be too long or too short, or have other bytes. */
async function send(request: Request): Promise<void> {
  const { random, storage, ledger, name } = request
  const before = ledger.get(name)
  if (before.status !== 'open') return
  // A small upload whose size is expected begins without a log.
  const expectedBytes = random.chance(0.5) ? before.sizeBytes : null
  const writer = await storage.uploads.claim({ name, contentType: CONTENT_TYPE }, expectedBytes)
  if (writer === null) return acknowledgeFound(storage, ledger, name)
  try {
    const { startOffset } = writer
    acknowledgeOffset(ledger, name, startOffset)
    endTakeBack(ledger, name)
    const content = contentOf(before)
    const rest = before.sizeBytes - startOffset
    const maxBytes = random.chance(0.4) ? rest : random.below(rest + 1)
    const skipBytes = random.chance(0.2) ? random.below(startOffset + 1) : 0
    const sent = content.subarray(startOffset - skipBytes, startOffset + maxBytes)
    const isTooLong = random.chance(0.1)
    const body = isTooLong ? Buffer.concat([sent, Buffer.alloc(random.below(3000) + 1)]) : sent
    const isTentative = random.chance(0.2)
    // While the length of the upload is unknown, only the end of the body limits it.
    const isDeferred = !isTooLong && random.chance(0.3)
    const appended = await writer.append(bodyOf(body, random, random.chance(0.2)), {
      skipBytes,
      maxBytes: isDeferred ? MAX_BYTES : maxBytes,
      isTentative,
    })
    // Simulates a suspended process, so that another one takes the upload over.
    if (random.chance(0.1)) for (let turn = random.below(100); turn > 0; turn--) await setImmediate()
    await endWriter(request, writer, appended.offset)
  } finally {
    await writer.release()
  }
}

async function endWriter({ random, ledger, name }: Request, writer: UploadWriter, offset: number) {
  const upload = ledger.get(name)
  if (offset === upload.sizeBytes && random.chance(0.7)) {
    const algorithm = random.pick(['none', 'crc32c', 'md5'] as const)
    if (algorithm !== 'none' && random.chance(0.3)) {
      const mismatch = await writer.finalize(announcedHashes(Buffer.from('other bytes'), algorithm))
      assert.equal(mismatch.kind, 'mismatch')
      return
    }
    if (upload.object === 'none') ledger.set(name, { object: 'maybe' })
    const finalized = await writer.finalize(announcedHashes(contentOf(upload), algorithm))
    assert.ok(finalized.kind === 'object', `${name} has other bytes than were sent`)
    acknowledgeObject(ledger, name, finalized.object)
  } else if (random.chance(0.9)) {
    const { startOffset } = writer
    const kept = random.chance(0.7) ? offset : startOffset + random.below(offset - startOffset + 1)
    await commit(ledger, name, writer, kept, kept < offset)
  }
}

/** Commits; may drop published bytes while no newer writer has claimed the upload. */
async function commit(ledger: Ledger, name: string, writer: UploadWriter, kept: number, takesBack: boolean) {
  const { offset: before, takeBacks } = ledger.get(name)
  if (takesBack) ledger.set(name, { offset: Math.min(before, kept), takeBacks: takeBacks + 1 })
  let promised = before
  try {
    await writer.commit(kept)
    promised = kept
  } finally {
    const now = ledger.get(name)
    const isOver = takesBack && now.takeBacks === takeBacks + 1
    acknowledgeOffset(ledger, name, Math.max(promised, now.offset))
    if (isOver) ledger.set(name, { takeBacks: takeBacks + 2 })
  }
}

/** Effects of an earlier writer do not count from now on. */
function endTakeBack(ledger: Ledger, name: string): void {
  const { takeBacks } = ledger.get(name)
  if (takeBacks % 2 === 1) ledger.set(name, { takeBacks: takeBacks + 1 })
}

/** Acknowledges the object of an upload that takes no writer. */
async function acknowledgeFound(storage: HostedStorage, ledger: Ledger, name: string): Promise<void> {
  const object = await storage.stat(name)
  assert.ok(object, `${name} takes no writer, and is not to be seen`)
  acknowledgeObject(ledger, name, object)
}

function acknowledgeOffset(ledger: Ledger, name: string, offset: number): void {
  const { sizeBytes, offset: before } = ledger.get(name)
  assert.ok(offset <= sizeBytes, `${name} stands at ${offset} of ${sizeBytes}`)
  ledger.set(name, { offset: Math.max(before, offset) })
}

export function acknowledgeObject(ledger: Ledger, name: string, object: ObjectMetadata): void {
  const upload = ledger.get(name)
  assert.equal(object.sizeBytes, upload.sizeBytes, `${name} has another size`)
  assert.equal(object.crc32c, crc32cOf(contentOf(upload)), `${name} has another checksum`)
  ledger.set(name, { object: 'complete' })
}
