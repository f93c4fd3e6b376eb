import assert from 'node:assert/strict'
import type { HostedStorage } from '../../src/storage/object-storage.ts'
import type { StoredPart } from '../../src/storage/part-uploads.ts'
import { announcedHashes, bodyOf, CONTENT_TYPE, contentOf, crc32cOf, hasBytes, partOf } from './content.ts'
import type { PartBytes, Promised } from './ledger.ts'
import { partIdOf } from './parts-actions.ts'

/** Checks that the acknowledged parts exist, and that every part is one of the bodies that may have been stored. */
export async function checkParts(storage: HostedStorage, upload: Promised): Promise<void> {
  const { name, parts } = upload
  const listed = await storage.parts.list(name)
  for (const [index, { isStored }] of (parts ?? []).entries()) {
    const part = listed.find(({ partId }) => partId === partIdOf(index))
    assert.ok(
      part !== undefined || !isStored,
      `part ${index} of ${name} was acknowledged, but does not exist`,
    )
    if (part) assert.ok(bytesOf(upload, part), `part ${index} of ${name} has other bytes`)
  }
}

/** Joins what is there, and compares every byte; then sends all parts anew, and joins these. */
export async function finishParts(storage: HostedStorage, upload: Promised): Promise<void> {
  const { name } = upload
  const spec = { name, contentType: CONTENT_TYPE }
  const listed = await storage.parts.list(name)
  if (listed.length > 0) {
    const expected = Buffer.concat(listed.map((part) => bytesOf(upload, part) ?? Buffer.alloc(0)))
    const completed = await storage.parts.complete(spec, listed, announcedHashes(expected, 'crc32c'))
    assert.equal(completed.kind, 'object', `the parts of ${name} cannot be joined`)
    assert.ok(await hasBytes(await storage.read(name), expected), `${name} has other bytes`)
    await storage.remove(name)
  }
  const content = contentOf(upload)
  if ((await storage.stat(name)) === null) await sendAll(storage, upload)
  assert.ok(await hasBytes(await storage.read(name), content), `${name} has other bytes`)
}

async function sendAll(storage: HostedStorage, upload: Promised): Promise<void> {
  const { name, parts } = upload
  const choices = []
  for (const index of (parts ?? []).keys()) {
    const content = partOf(upload, index, 'right')
    const partId = partIdOf(index)
    const limits = { maxBytes: content.length }
    const written = await storage.parts.write({ name, partId }, bodyOf(content, null), limits)
    assert.equal(written.kind, 'part', `${name} takes no part`)
    choices.push({ partId, version: null })
  }
  const hashes = announcedHashes(contentOf(upload), 'crc32c')
  const completed = await storage.parts.complete({ name, contentType: CONTENT_TYPE }, choices, hashes)
  assert.equal(completed.kind, 'object', `the new parts of ${name} cannot be joined`)
}

/** Returns the bytes of a stored part if a body of it may have had them; null otherwise. */
function bytesOf(upload: Promised, { partId, crc32c, sizeBytes }: StoredPart): Buffer | null {
  const index = Number(partId)
  const possible: readonly PartBytes[] = upload.parts?.[index]?.possible ?? []
  const bodies = possible.map((bytes) => partOf(upload, index, bytes))
  return bodies.find((body) => body.length === sizeBytes && crc32cOf(body) === crc32c) ?? null
}
