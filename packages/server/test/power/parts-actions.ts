import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { NO_HASHES } from '../../src/domain/uploads/upload-session.ts'
import { objectPaths } from '../../src/storage/disk/object-paths.ts'
import type { StoredPart } from '../../src/storage/part-uploads.ts'
import { acknowledgeObject, actions, type Request, sectionOf } from './actions.ts'
import { announcedHashes, bodyOf, CONTENT_TYPE, contentOf, crc32cOf, partOf } from './content.ts'
import type { Ledger, PartBytes, Promised, PromisedPart } from './ledger.ts'

/** Weights of the actions on an upload of parts, as for sequential uploads. */
export const SHARED_OF_PARTS = {
  sendPart: 14,
  listParts: 3,
  join: 4,
  look: 2,
  read: 1,
  sweepParts: 2,
} as const
export const ALONE_OF_PARTS = { cancelComplete: 1, remove: 2, deleteBytes: 1 } as const

export type PartsAction = keyof typeof SHARED_OF_PARTS | keyof typeof ALONE_OF_PARTS

export const partsActions: Readonly<Record<PartsAction, (request: Request) => Promise<void>>> = {
  ...actions,
  sendPart,
  join,
  listParts: async ({ storage, ledger, name }) => {
    const before = ledger.get(name)
    if (before.status !== 'open' || before.object !== 'none') return
    const listed = await storage.parts.list(name)
    const { parts, object } = ledger.get(name)
    if (object !== 'none') return
    for (const part of listed) {
      const index = Number(part.partId)
      // A part that a list shows must stay. Bodies that have begun since may have replaced it.
      if (parts?.[index]?.begun === before.parts?.[index]?.begun)
        setPart(ledger, name, index, { isStored: true })
    }
  },
  sweepParts: async ({ storage, name }) => {
    const stem = basename(objectPaths('', name).log, '.log')
    for await (const entry of storage.inventory.list(sectionOf({ name }))) {
      assert.notEqual(entry.kind, 'unreadable', JSON.stringify(entry))
      if (entry.kind === 'orphan' && entry.id.startsWith(stem)) await storage.inventory.removeOrphan(entry.id)
    }
  },
}

export const partIdOf = (index: number) => String(index)

/** Sends a body for a part. Its bytes may be wrong, and it may be cut off or differ from its announced checksum. */
async function sendPart({ random, storage, ledger, name }: Request): Promise<void> {
  const upload = ledger.get(name)
  if (upload.status !== 'open' || upload.parts === null) return
  const index = random.below(upload.parts.length)
  const bytes: PartBytes = random.chance(0.2) ? 'wrong' : 'right'
  const content = partOf(upload, index, bytes)
  const [isCut, isDamaged] = [random.chance(0.1), random.chance(0.1)]
  const expected = announcedHashes(isDamaged ? Buffer.from('other bytes') : content, 'crc32c')
  const limits = { maxBytes: content.length, ...(random.chance(0.5) || isDamaged ? { expected } : {}) }
  const begun = begin(ledger, name, index, bytes)
  const body = bodyOf(content, random, isCut)
  const spec = { name, partId: partIdOf(index) }
  try {
    const written = await storage.parts.write(spec, body, limits)
    if (written.kind === 'part') acknowledgePart(ledger, name, index, { ...begun, bytes, part: written.part })
    else assert.ok(isCut || isDamaged || written.kind === 'closed', written.kind)
  } finally {
    if (ledger.get(name).incarnation === upload.incarnation) {
      const { running } = partAt(ledger.get(name), index)
      setPart(ledger, name, index, { running: running - 1 })
    }
  }
}

function begin(ledger: Ledger, name: string, index: number, bytes: PartBytes): Begun {
  const { possible, begun, running } = partAt(ledger.get(name), index)
  setPart(ledger, name, index, { possible: [...possible, bytes], begun: begun + 1, running: running + 1 })
  return { begun: begun + 1, isAlone: running === 0 }
}

interface Begun {
  /** Number of the body among those of the part. */
  readonly begun: number
  /** True when no other body of the part was arriving. */
  readonly isAlone: boolean
}

interface Acknowledged extends Begun {
  readonly bytes: PartBytes
  readonly part: StoredPart
}

function acknowledgePart(
  ledger: Ledger,
  name: string,
  index: number,
  { bytes, begun, isAlone, part }: Acknowledged,
): void {
  const upload = ledger.get(name)
  assert.equal(
    part.crc32c,
    crc32cOf(partOf(upload, index, bytes)),
    `part ${index} of ${name} has other bytes`,
  )
  const now = partAt(upload, index)
  // Bodies that arrive at the same time may end in any order.
  const isOnly = isAlone && now.begun === begun
  setPart(ledger, name, index, { isStored: true, ...(isOnly && { possible: [bytes] }) })
}

/** Joins the parts that a list shows if all of them are there with the right bytes. */
async function join({ random, storage, ledger, name }: Request): Promise<void> {
  const upload = ledger.get(name)
  if (upload.status !== 'open' || upload.parts === null) return
  const listed = await storage.parts.list(name)
  const chosen = upload.parts.map((_, index) =>
    listed.find(
      ({ partId, crc32c }) =>
        partId === partIdOf(index) && crc32c === crc32cOf(partOf(upload, index, 'right')),
    ),
  )
  const parts = chosen.filter((part) => part !== undefined)
  const spec = { name, contentType: CONTENT_TYPE }
  if (parts.length < chosen.length) {
    if (upload.object !== 'none' || random.chance(0.7)) return
    // A part that is not stored, which must change nothing.
    const none = [...parts, { partId: 'none', version: null }]
    assert.notEqual((await storage.parts.complete(spec, none, NO_HASHES)).kind, 'object')
    return
  }
  if (upload.object === 'none') ledger.set(name, { object: 'maybe' })
  const hashes = announcedHashes(contentOf(upload), random.pick(['none', 'crc32c', 'md5'] as const))
  const completed = await storage.parts.complete(spec, parts, hashes)
  assert.notEqual(completed.kind, 'mismatch', `${name} has other bytes than were sent`)
  if (completed.kind === 'object') acknowledgeObject(ledger, name, completed.object)
}

function partAt({ name, parts }: Promised, index: number): PromisedPart {
  const part = parts?.[index]
  if (part === undefined) throw new Error(`${name} has no part ${index}`)
  return part
}

function setPart(ledger: Ledger, name: string, index: number, change: Partial<PromisedPart>): void {
  const parts = ledger.get(name).parts?.map((part, at) => (at === index ? { ...part, ...change } : part))
  ledger.set(name, { parts: parts ?? null })
}
