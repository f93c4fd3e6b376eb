import { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { mergeAlgorithms } from '../../domain/uploads/checksums.ts'
import type { AnnouncedHashes } from '../../domain/uploads/upload-session.ts'
import { crc32c, crc32cToBase64 } from '../../platform/crc32c.ts'
import { createGeneration } from '../generation.ts'
import type { Finalized, HostedUploads, UploadWriter } from '../hosted-uploads.ts'
import type { HostedStorage } from '../object-storage.ts'
import { pumpBody } from '../pump-body.ts'
import { createRunningDigests } from '../running-digests.ts'
import type { ObjectMetadata, UploadSpec } from '../stored-object.ts'
import type { BodyBudget } from '../write-batches.ts'
import { writeObject } from '../write-object.ts'
import { assertNewest, createWriterLocks, type WriterLock, type WriterLocks } from '../writer-locks.ts'
import { createMemoryInventory } from './memory-inventory.ts'

interface MemoryState {
  readonly objects: Map<string, { readonly metadata: ObjectMetadata; readonly bytes: Buffer }>
  readonly uploads: Map<string, { readonly bytes: Buffer; readonly modifiedAtMs: number }>
  readonly budget: BodyBudget
}

/** Everything in memory and gone at the end: for tests, and to try the service without a disk. */
export function createMemoryStorage(budget: BodyBudget): HostedStorage {
  const state: MemoryState = { objects: new Map(), uploads: new Map(), budget }
  const locks = createWriterLocks()
  const uploads = createUploads(state, locks)

  return {
    kind: 'memory',
    isExclusive: true,
    readsAreFree: true,
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
    inventory: createMemoryInventory(state, locks),
    roomBytes: async () => null,
    check: async () => {},
    close: () => locks.endAll(),
  }
}

function createUploads(state: MemoryState, locks: WriterLocks): HostedUploads {
  return {
    mode: 'hosted',
    offset: async (name) => {
      await locks.settled(name)
      return state.uploads.get(name)?.bytes.length ?? 0
    },
    claim: async (spec) => {
      const lock = await locks.take(spec.name)
      try {
        assertNewest(lock)
        if (!state.objects.has(spec.name)) return createWriter(state, spec, lock)
      } catch (error) {
        lock.end()
        throw error
      }
      lock.end()
      return null
    },
    cancel: async (name) => {
      const lock = await locks.take(name)
      state.uploads.delete(name)
      lock.end()
    },
  }
}

function createWriter(state: MemoryState, spec: UploadSpec, lock: WriterLock): UploadWriter {
  const start = state.uploads.get(spec.name)?.bytes ?? Buffer.alloc(0)
  const parts: Buffer[] = [start]
  const bytes = () => Buffer.concat(parts)

  return {
    startOffset: start.length,
    append: async (body, limits) => {
      const pumped = await pumpBody(body, {
        ...limits,
        budget: state.budget,
        takeOver: lock.takeOver,
        onBytes: (buffer) => {
          parts.push(Buffer.from(buffer))
        },
        write: async () => {
          // Kept already: there is no slower medium to wait for.
        },
      })
      lock.settle()
      return { ...pumped, offset: bytes().length }
    },
    commit: async (offset) => {
      state.uploads.set(spec.name, { bytes: bytes().subarray(0, offset), modifiedAtMs: Date.now() })
      lock.end()
    },
    finalize: async (expected) => {
      const finalized = createObject(spec, bytes(), expected)
      if (finalized.kind === 'object') {
        state.objects.set(spec.name, { metadata: finalized.object, bytes: bytes() })
        state.uploads.delete(spec.name)
      }
      lock.end()
      return finalized
    },
    release: async () => lock.end(),
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
