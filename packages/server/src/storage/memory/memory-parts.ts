import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import { hashAlgorithmsOf, NO_HASHES } from '../../domain/uploads/upload-session.ts'
import { crc32c, crc32cToBase64 } from '../../platform/crc32c.ts'
import { NO_POOL } from '../buffer-pool.ts'
import { chooseParts } from '../choose-parts.ts'
import { findMismatch } from '../find-mismatch.ts'
import { type PartAttempt, type PartAttempts, throwIfStopping } from '../part-attempts.ts'
import {
  MAX_PARTS,
  type PartLimits,
  type PartSpec,
  type PartUploads,
  type PartWritten,
  type StoredPart,
} from '../part-uploads.ts'
import { pumpBody } from '../pump-body.ts'
import { createRunningDigests } from '../running-digests.ts'
import { createObject } from './create-object.ts'
import type { MemoryState, PartInMemory, PartsInMemory } from './memory-state.ts'

const NOTHING_STORED: ReadonlyMap<string, PartInMemory> = new Map()

/** Creates uploads of parts in memory. */
export function createMemoryParts(state: MemoryState, attempts: PartAttempts): PartUploads {
  return {
    isAvailable: true,
    write: async (spec, body, limits) => {
      const attempt = attempts.begin(spec.name)
      return writePart(state, attempt, spec, body, limits).finally(attempt.end)
    },
    link: async (spec, sourceName) => {
      const source = state.objects.get(sourceName)
      if (source === undefined) throw new ServiceError('STORAGE_UNAVAILABLE', 'there is no such object')
      const upload = openUpload(state, spec)
      return upload === null ? { kind: 'closed' } : storePart(upload, spec, source.bytes)
    },
    list: async (name) => [...(state.parts.get(name)?.stored.values() ?? [])].map(({ part }) => part),
    complete: async (spec, choices, expected) => {
      if (choices.length === 0 || choices.length > MAX_PARTS) {
        throw new ServiceError('INVALID_REQUEST', `an object consists of 1 to ${MAX_PARTS} parts`)
      }
      const partIds = JSON.stringify(choices.map(({ partId }) => partId))
      const object = state.objects.get(spec.name)
      if (object !== undefined) {
        return object.partIds === partIds ? { kind: 'object', object: object.metadata } : { kind: 'closed' }
      }
      const chosen = chooseParts(state.parts.get(spec.name)?.stored ?? NOTHING_STORED, choices)
      if ('kind' in chosen) return chosen
      const bytes = Buffer.concat(chosen.map((one) => one.bytes))
      const created = createObject(spec, bytes, expected)
      if (created.kind === 'mismatch') return created
      state.objects.set(spec.name, { metadata: created.object, bytes, partIds })
      state.parts.delete(spec.name)
      await attempts.endAllOf(spec.name)
      return created
    },
  }
}

/** Returns the upload of parts, which begins when there is none; null when the object is complete. */
function openUpload(state: MemoryState, { name, partId }: PartSpec): PartsInMemory | null {
  if (state.objects.has(name)) return null
  if ((state.uploads.get(name)?.bytes.length ?? 0) > 0) {
    throw new ServiceError('INVALID_REQUEST', 'the upload has bytes already that are not parts')
  }
  const upload = state.parts.get(name) ?? { stored: new Map(), modifiedAtMs: Date.now() }
  if (upload.stored.size >= MAX_PARTS && !upload.stored.has(partId)) {
    throw new ServiceError('INVALID_REQUEST', `the upload has ${MAX_PARTS} parts, which is the limit`)
  }
  state.parts.set(name, upload)
  return upload
}

async function writePart(
  state: MemoryState,
  { takeOver }: PartAttempt,
  spec: PartSpec,
  body: Readable,
  { expected = NO_HASHES, note, accepts, ...limits }: PartLimits,
): Promise<PartWritten> {
  body.on('error', () => {})
  const upload = openUpload(state, spec)
  if (upload === null) return { kind: 'closed' }
  const pieces: Buffer[] = []
  const { ended } = await pumpBody(body, {
    ...limits,
    skipBytes: 0,
    budget: state.budget,
    pool: NO_POOL,
    position: 0,
    takeOver,
    write: async (buffers) => {
      for (const buffer of buffers) {
        limits.onBytes?.(buffer)
        pieces.push(Buffer.from(buffer))
      }
    },
  })
  throwIfStopping(takeOver)
  if (ended === 'taken-over' || state.parts.get(spec.name) !== upload) return { kind: 'closed' }
  if (ended !== 'complete') return { kind: ended }
  const bytes = Buffer.concat(pieces)
  const checksums = mergeAlgorithms(spec.checksums ?? [], hashAlgorithmsOf(expected))
  const { digests, ...checked } = describe({ ...spec, checksums }, bytes)
  const mismatch = findMismatch(expected, { ...digests, crc32c: checked.crc32c })
  if (mismatch) return mismatch
  const others = [...upload.stored.values()].filter(({ part }) => part.partId !== spec.partId)
  const isAccepted =
    accepts?.(
      others.map(({ part }) => part),
      { sizeBytes: bytes.length },
    ) ?? true
  if (!isAccepted) return { kind: 'not-accepted' }
  return storePart(upload, { ...spec, checksums }, bytes, note?.())
}

function storePart(
  upload: PartsInMemory,
  spec: PartSpec,
  bytes: Buffer,
  note?: string | null,
): Extract<PartWritten, { kind: 'part' }> {
  const part = { ...describe(spec, bytes), ...(note && { note }) }
  const replacedBytes = upload.stored.get(spec.partId)?.bytes.length ?? 0
  // A replaced part moves to the end.
  upload.stored.delete(spec.partId)
  upload.stored.set(spec.partId, { version: part.version, part, bytes })
  upload.modifiedAtMs = part.storedAtMs
  return { kind: 'part', part, replacedBytes }
}

function describe({ partId, checksums = [] }: PartSpec, bytes: Buffer): StoredPart {
  const digests = createRunningDigests(checksums)
  digests.update(bytes)
  return {
    partId,
    version: randomBytes(8).toString('hex'),
    sizeBytes: bytes.length,
    crc32c: crc32cToBase64(crc32c(bytes)),
    digests: digests.current(),
    storedAtMs: Date.now(),
  }
}
