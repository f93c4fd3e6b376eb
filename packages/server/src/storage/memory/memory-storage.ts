import { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import type { AnnouncedHashes } from '../../domain/uploads/upload-session.ts'
import { crc32c, crc32cToBase64 } from '../../platform/crc32c.ts'
import { createGeneration } from '../generation.ts'
import { pumpBody } from '../pump-body.ts'
import { createRunningDigests } from '../running-digests.ts'
import type {
  Finalized,
  HostedStorage,
  HostedUploads,
  ObjectMetadata,
  UploadSpec,
  UploadWriter,
} from '../storage.ts'
import type { BodyBudget } from '../write-batches.ts'
import { writeObject } from '../write-object.ts'
import { assertNewest, createWriterTurns, type WriterTurn, type WriterTurns } from '../writer-locks.ts'
import { createMemoryHoldings } from './memory-inventory.ts'

interface MemoryState {
  readonly objects: Map<string, { readonly metadata: ObjectMetadata; readonly bytes: Buffer }>
  readonly uploads: Map<string, { readonly bytes: Buffer; readonly modifiedAtMs: number }>
  readonly budget: BodyBudget
}

/** Everything in memory and gone at the end: for tests, and to try the service without a disk. */
export function createMemoryStorage(budget: BodyBudget): HostedStorage {
  const state: MemoryState = { objects: new Map(), uploads: new Map(), budget }
  const turns = createWriterTurns()
  const uploads = createUploads(state, turns)

  return {
    kind: 'memory',
    uploads,
    downloads: null,
    write: (spec, body, maxBytes, room) => writeObject(uploads, spec, body, maxBytes, room),
    stat: async (name) => state.objects.get(name)?.metadata ?? null,
    read: async (name, range) => {
      const object = state.objects.get(name)
      if (!object) throw new ServiceError('STORAGE_UNAVAILABLE', 'there is no such object')
      const end = range ? range.end + 1 : object.bytes.length
      return Readable.from([object.bytes.subarray(range?.start ?? 0, end)], { objectMode: false })
    },
    remove: async (name) => {
      state.objects.delete(name)
    },
    holdings: createMemoryHoldings(state, turns),
    roomBytes: async () => null,
    check: async () => {},
    close: () => turns.endAll(),
  }
}

function createUploads(state: MemoryState, turns: WriterTurns): HostedUploads {
  return {
    mode: 'hosted',
    offset: async (name) => {
      await turns.settled(name)
      return state.uploads.get(name)?.bytes.length ?? 0
    },
    claim: async (spec) => {
      const turn = await turns.take(spec.name)
      try {
        assertNewest(turn)
        if (!state.objects.has(spec.name)) return createWriter(state, spec, turn)
      } catch (error) {
        turn.end()
        throw error
      }
      turn.end()
      return null
    },
    cancel: async (name) => {
      const turn = await turns.take(name)
      state.uploads.delete(name)
      turn.end()
    },
  }
}

function createWriter(state: MemoryState, spec: UploadSpec, turn: WriterTurn): UploadWriter {
  const start = state.uploads.get(spec.name)?.bytes ?? Buffer.alloc(0)
  const parts: Buffer[] = [start]
  const bytes = () => Buffer.concat(parts)

  return {
    startOffset: start.length,
    append: async (body, limits) => {
      const pumped = await pumpBody(body, {
        ...limits,
        budget: state.budget,
        takeOver: turn.takeOver,
        onBytes: (buffer) => {
          parts.push(Buffer.from(buffer))
        },
        write: async () => {
          // Kept already: there is no slower medium to wait for.
        },
      })
      turn.settle()
      return { ...pumped, offset: bytes().length }
    },
    commit: async (offset) => {
      state.uploads.set(spec.name, { bytes: bytes().subarray(0, offset), modifiedAtMs: Date.now() })
      turn.end()
    },
    finalize: async (expected) => {
      const finalized = createObject(spec, bytes(), expected)
      if (finalized.kind === 'object') {
        state.objects.set(spec.name, { metadata: finalized.object, bytes: bytes() })
        state.uploads.delete(spec.name)
      }
      turn.end()
      return finalized
    },
    release: async () => turn.end(),
  }
}

function createObject(
  { name, contentType, checksums = [] }: UploadSpec,
  bytes: Buffer,
  expected: AnnouncedHashes,
): Finalized {
  const actualCrc32c = crc32cToBase64(crc32c(bytes))
  if (expected.crc32c !== null && expected.crc32c !== actualCrc32c) {
    return { kind: 'mismatch', algorithm: 'crc32c', expected: expected.crc32c, actual: actualCrc32c }
  }
  const digests = createRunningDigests(mergeAlgorithms(checksums, expected.md5 === null ? [] : ['md5']))
  digests.update(bytes)
  const { md5, sha256 } = digests.current()
  if (md5 !== null && expected.md5 !== null && expected.md5 !== md5) {
    return { kind: 'mismatch', algorithm: 'md5', expected: expected.md5, actual: md5 }
  }
  const sizeBytes = bytes.length
  return {
    kind: 'object',
    object: { name, contentType, sizeBytes, crc32c: actualCrc32c, md5, sha256, ...createGeneration() },
  }
}
