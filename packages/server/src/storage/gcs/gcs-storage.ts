import { randomBytes } from 'node:crypto'
import { ServiceError } from '../../domain/errors.ts'
import type { DelegatedStorage } from '../object-storage.ts'
import { CALL_LIMITS, type CallLimits } from '../provider-calls.ts'
import { copyGcsObject } from './copy-gcs-object.ts'
import type { Gcs } from './gcs.ts'
import { createGcsDownloads } from './gcs-downloads.ts'
import { createGcsInventory } from './gcs-inventory.ts'
import { createGcsUploads } from './gcs-uploads.ts'
import { createGoogle, type GcsLocation } from './google.ts'
import { createGoogleCalls } from './google-calls.ts'
import { GoogleProblem } from './google-problem.ts'
import { createInternalTexts } from './internal-texts.ts'
import { NO_PART_UPLOADS } from './no-part-uploads.ts'
import { readGcsObject } from './read-gcs-object.ts'
import { removeGcsObject } from './remove-gcs-object.ts'
import { SESSION_KEY_BYTES } from './session-handle.ts'
import { statGcsObject } from './stat-gcs-object.ts'
import { writeGcsObject } from './write-gcs-object.ts'

export interface GcsOptions {
  readonly limits?: Partial<CallLimits>
  /** URL of the API instead of Google's. Unlike an emulator, it receives credentials. */
  readonly endpoint?: string
  /** URL of IAM's signBlob instead of Google's. */
  readonly signingEndpoint?: string
}

/** Name of the key that seals session URIs. A bucket without it is not the storage that was opened. */
const SESSION_KEY = 'session-key'

/**
 * Opens a bucket of Google Cloud Storage, which clients upload to and download from directly.
 * Throws when the bucket or the credentials are configured incorrectly, but not on a transient error: the service can
 * start while Google is unreachable.
 */
export async function openGcsStorage(
  location: GcsLocation,
  options: GcsOptions = {},
): Promise<DelegatedStorage> {
  const limits = { ...CALL_LIMITS, ...options.limits }
  const closing = new AbortController()
  const gcs: Gcs = {
    google: createGoogle(location, limits.attemptMs, options.endpoint ?? null),
    calls: createGoogleCalls(location.bucket, limits),
    prefix: location.prefix,
    closing: closing.signal,
  }
  const texts = createInternalTexts(gcs)
  const newKey = () => randomBytes(SESSION_KEY_BYTES).toString('base64')
  const sessionKey = async () => Buffer.from(await texts.readOrCreate(SESSION_KEY, newKey()), 'base64')
  await sessionKey().catch((error: unknown) => {
    if (!isTransient(error)) throw error
  })

  return {
    kind: 'gcs',
    isExclusive: false,
    readsAreFree: false,
    uploads: createGcsUploads(gcs, sessionKey),
    parts: NO_PART_UPLOADS,
    directUploads: null,
    downloads: createGcsDownloads(gcs, options.signingEndpoint ?? null),
    stat: (name) => statGcsObject(gcs, name),
    read: (name, range, generation) => readGcsObject(gcs, name, range ?? null, generation ?? null),
    write: (spec, body, maxBytes, room) => writeGcsObject(gcs, spec, body, maxBytes, room),
    copy: (spec, source) => copyGcsObject(gcs, spec, source),
    remove: (name, generation) => removeGcsObject(gcs, name, generation ?? null),
    inventory: createGcsInventory(gcs, texts),
    roomBytes: async () => null,
    check: () => texts.check(SESSION_KEY),
    close: async () => closing.abort(),
  }
}

/** Returns true when Google did not respond or failed. A refusal must be corrected by the operator. */
function isTransient(error: unknown): boolean {
  return error instanceof ServiceError && error.cause instanceof GoogleProblem && error.cause.isTransient
}
