import { after, before, describe } from 'node:test'
import { storeDelegated, testDelegatedUploads } from './delegated-uploads.conformance.ts'
import { storeHosted, testHostedUploads } from './hosted-uploads.conformance.ts'
import type { DelegatedStorage, HostedStorage, ObjectStorage } from './object-storage.ts'
import { testObjects } from './objects.conformance.ts'
import { testPartUploads } from './part-uploads.conformance.ts'

type Open<Storage> = () => Promise<{ storage: Storage; remove: () => Promise<void> }>

/** Runs the conformance suites for a storage that receives uploads through this service. */
export function describeStorage(kind: string, open: Open<HostedStorage>): void {
  describe(`object storage on ${kind}`, () => {
    const storage = openForAll(open)
    testObjects(storage, (spec, bytes) => storeHosted(storage(), spec, bytes))
    testHostedUploads(storage)
    testPartUploads(storage)
  })
}

/** Runs the conformance suites for a storage of a provider that clients upload to directly. */
export function describeDelegatedStorage(kind: string, open: Open<DelegatedStorage>): void {
  describe(`object storage on ${kind}`, () => {
    const storage = openForAll(open)
    testObjects(storage, (spec, bytes) => storeDelegated(storage(), spec, bytes))
    testDelegatedUploads(storage)
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
