import { Readable } from 'node:stream'
import { ServiceError } from '../../domain/errors.ts'
import { NO_POOL } from '../buffer-pool.ts'
import { copyObject } from '../copy-object.ts'
import type { HostedUploads, UploadWriter } from '../hosted-uploads.ts'
import type { HostedStorage } from '../object-storage.ts'
import { createPartAttempts, type PartAttempts } from '../part-attempts.ts'
import { pumpBody } from '../pump-body.ts'
import type { UploadSpec } from '../stored-object.ts'
import type { BodyBudget } from '../write-batches.ts'
import { writeObject } from '../write-object.ts'
import { assertNewest, createWriterLocks, type WriterLock, type WriterLocks } from '../writer-locks.ts'
import { createObject } from './create-object.ts'
import { createMemoryInventory } from './memory-inventory.ts'
import { createMemoryParts } from './memory-parts.ts'
import type { MemoryState } from './memory-state.ts'

/** Creates a storage in memory, lost when the process ends: for tests, and to try the service without a disk. */
export function createMemoryStorage(budget: BodyBudget): HostedStorage {
  const state: MemoryState = { objects: new Map(), uploads: new Map(), parts: new Map(), budget }
  const attempts = createPartAttempts()
  const locks = createWriterLocks()
  const uploads = createUploads(state, locks, attempts)
  const parts = createMemoryParts(state, attempts)
  const stat = async (name: string) => state.objects.get(name)?.metadata ?? null

  return {
    kind: 'memory',
    isExclusive: true,
    readsAreFree: true,
    uploads,
    parts,
    directUploads: null,
    downloads: null,
    write: (spec, body, maxBytes, room) => writeObject(uploads, spec, body, maxBytes, room),
    stat,
    read: async (name, range) => {
      const object = state.objects.get(name)
      if (!object) throw new ServiceError('STORAGE_UNAVAILABLE', 'there is no such object')
      const end = range ? range.end + 1 : object.bytes.length
      const bytes = object.bytes.subarray(range?.start ?? 0, end)
      return Readable.from([Buffer.from(bytes)], { objectMode: false })
    },
    copy: (spec, source) => copyObject({ parts, stat, uploads }, spec, source.name),
    remove: async (name) => {
      state.objects.delete(name)
    },
    inventory: createMemoryInventory(state, (name) => locks.isTaken(name) || attempts.isActive(name)),
    roomBytes: async () => null,
    check: async () => {},
    close: async () => {
      await attempts.endAll()
      await locks.endAll()
    },
  }
}

function createUploads(state: MemoryState, locks: WriterLocks, attempts: PartAttempts): HostedUploads {
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
        if (state.parts.has(spec.name)) {
          throw new ServiceError('UPLOAD_FENCED', 'the upload consists of parts')
        }
        if (!state.objects.has(spec.name)) return createWriter(state, spec, lock)
      } catch (error) {
        lock.end()
        throw error
      }
      lock.end()
      return null
    },
    fence: async ({ name }) => {
      const lock = await locks.take(name)
      try {
        assertNewest(lock)
        return state.objects.has(name) ? null : (state.uploads.get(name)?.bytes.length ?? 0)
      } finally {
        lock.end()
      }
    },
    cancel: async (name) => {
      const lock = await locks.take(name)
      state.uploads.delete(name)
      state.parts.delete(name)
      await attempts.endAllOf(name)
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
        pool: NO_POOL,
        position: 0,
        takeOver: lock.takeOver,
        write: async (buffers) => {
          for (const buffer of buffers) {
            limits.onBytes?.(buffer)
            parts.push(Buffer.from(buffer))
          }
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
      const created = createObject(spec, bytes(), expected)
      lock.end()
      if (created.kind === 'mismatch') return created
      state.objects.set(spec.name, { metadata: created.object, bytes: bytes() })
      state.uploads.delete(spec.name)
      return { ...created, isOwn: true }
    },
    release: async () => lock.end(),
  }
}
