import { randomBytes } from 'node:crypto'
import { ServiceError } from '../../domain/errors.ts'
import type { DelegatedStorage } from '../object-storage.ts'
import type { Gcs } from './gcs.ts'
import { createGcsDownloads } from './gcs-downloads.ts'
import { createGcsInventory } from './gcs-inventory.ts'
import { createGcsUploads } from './gcs-uploads.ts'
import { createGoogle, type GcsPlace } from './google.ts'
import { CALL_LIMITS, type CallLimits, createGoogleCalls } from './google-calls.ts'
import { GoogleProblem } from './google-problem.ts'
import { createOwnTexts } from './own-texts.ts'
import { readGcsObject } from './read-gcs-object.ts'
import { removeGcsObject } from './remove-gcs-object.ts'
import { SESSION_KEY_BYTES } from './session-handle.ts'
import { statGcsObject } from './stat-gcs-object.ts'
import { writeGcsObject } from './write-gcs-object.ts'

export interface GcsOptions {
  readonly limits?: Partial<CallLimits>
  /** Where the API is, instead of at Google; unlike an emulator it is sent credentials. */
  readonly endpoint?: string
  /** Where IAM's signBlob is, instead of at Google. */
  readonly signingEndpoint?: string
}

/** The key that seals session URIs; a storage that lost it is not the one that it was. */
const SESSION_KEY = 'session-key'

/**
 * Objects in a bucket of Google Cloud Storage, which clients send to and download from themselves.
 * Throws where the bucket cannot be used as it is set up. A Google that gives no answer is waited for later.
 */
export async function openGcsStorage(place: GcsPlace, options: GcsOptions = {}): Promise<DelegatedStorage> {
  const limits = { ...CALL_LIMITS, ...options.limits }
  const closing = new AbortController()
  const gcs: Gcs = {
    google: createGoogle(place, limits.attemptMs, options.endpoint ?? null),
    calls: createGoogleCalls(place.bucket, limits),
    prefix: place.prefix,
    closing: closing.signal,
  }
  const texts = createOwnTexts(gcs)
  const newKey = () => randomBytes(SESSION_KEY_BYTES).toString('base64')
  const sessionKey = async () => Buffer.from(await texts.readOrMake(SESSION_KEY, newKey()), 'base64')
  await sessionKey().catch((error: unknown) => {
    if (!isWorthWaiting(error)) throw error
  })

  return {
    kind: 'gcs',
    isExclusive: false,
    readsAreFree: false,
    uploads: createGcsUploads(gcs, sessionKey),
    downloads: createGcsDownloads(gcs, options.signingEndpoint ?? null),
    stat: (name) => statGcsObject(gcs, name),
    read: (name, range, generation) => readGcsObject(gcs, name, range ?? null, generation ?? null),
    write: (spec, body, maxBytes, room) => writeGcsObject(gcs, spec, body, maxBytes, room),
    remove: (name, generation) => removeGcsObject(gcs, name, generation ?? null),
    inventory: createGcsInventory(gcs, texts),
    roomBytes: async () => null,
    check: () => texts.check(SESSION_KEY),
    close: async () => closing.abort(),
  }
}

/** What Google has refused is for the operator to mend; silence, and a fault of Google's own, pass. */
function isWorthWaiting(error: unknown): boolean {
  return error instanceof ServiceError && error.cause instanceof GoogleProblem && error.cause.isTransient
}
