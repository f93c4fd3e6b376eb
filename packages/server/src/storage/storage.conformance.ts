import { after, before, describe } from 'node:test'
import { promiseDelegatedUploads, storeDelegated } from './delegated-uploads.conformance.ts'
import { promiseHostedUploads, storeHosted } from './hosted-uploads.conformance.ts'
import type { DelegatedStorage, HostedStorage, ObjectStorage } from './object-storage.ts'
import { promiseObjects } from './objects.conformance.ts'

type Open<Storage> = () => Promise<{ storage: Storage; remove: () => Promise<void> }>

/** The promises of storage.ts, held against one implementation that takes the bytes of uploads itself. */
export function describeStorage(kind: string, open: Open<HostedStorage>): void {
  describe(`object storage on ${kind}`, () => {
    const storage = openForAll(open)
    promiseObjects(storage, (spec, bytes) => storeHosted(storage(), spec, bytes))
    promiseHostedUploads(storage)
  })
}

/** The same for one whose provider takes them. */
export function describeDelegatedStorage(kind: string, open: Open<DelegatedStorage>): void {
  describe(`object storage on ${kind}`, () => {
    const storage = openForAll(open)
    promiseObjects(storage, (spec, bytes) => storeDelegated(storage(), spec, bytes))
    promiseDelegatedUploads(storage)
  })
}

function openForAll<Storage extends ObjectStorage>(open: Open<Storage>): () => Storage {
  let opened: Awaited<ReturnType<Open<Storage>>>
  before(async () => {
    opened = await open()
  })
  after(async () => {
    await opened.storage.close()
    await opened.remove()
  })
  return () => opened.storage
}
