import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
import { receivedBytes } from './received-bytes.ts'

/** Returns true when the disk of the database or the storage is full: then only reads and deletes are possible. */
export async function isDiskFull({
  storage,
  database,
}: Pick<Context, 'storage' | 'database'>): Promise<boolean> {
  return (await leastFreeBytes({ storage, database })) <= 0
}

/** A disk with this much free space is checked again only after `RECHECK_MS`, because each check is a system call. */
const AMPLE_BYTES = 256 * 1024 * 1024
const RECHECK_MS = 100

/**
 * Returns `isDiskFull` with a cache, for frequent calls. A result may be `RECHECK_MS` old while there is ample space;
 * then it is returned without a promise.
 */
export function createFullDiskCheck(
  context: Pick<Context, 'storage' | 'database'>,
): () => false | Promise<boolean> {
  let ampleUntilMs = 0
  const check = async () => {
    const freeBytes = await leastFreeBytes(context)
    if (freeBytes >= AMPLE_BYTES) ampleUntilMs = performance.now() + RECHECK_MS
    return freeBytes <= 0
  }
  return () => (performance.now() < ampleUntilMs ? false : check())
}

/** Returns the free bytes of the fuller disk; Infinity when neither has a known limit. */
async function leastFreeBytes({ storage, database }: Pick<Context, 'storage' | 'database'>): Promise<number> {
  const freeBytes = await Promise.all([storage.roomBytes(), database.roomBytes()])
  return Math.min(...freeBytes.map((bytes) => bytes ?? Number.POSITIVE_INFINITY))
}

type DiskContext = Pick<Context, 'storage' | 'database' | 'now'>

/** Upper bound of sessions that are read; older ones count as if none of their bytes had been received. */
const MAX_SESSIONS = 100

/**
 * Checks that the disk has space for `sizeBytes` and for the missing bytes of the organization's open sessions. Sessions
 * of other organizations do not count: a large declared size must not block others. Returns the free bytes beyond
 * these, or 0 when it had to read the sessions. Throws STORAGE_FULL.
 */
export async function checkFreeSpace(
  context: DiskContext,
  organizationId: string,
  sizeBytes: number,
): Promise<number> {
  const freeBytes = await context.storage.roomBytes()
  if (freeBytes === null) return Number.POSITIVE_INFINITY
  if (freeBytes < sizeBytes) throw storageFull()
  const organization = await context.database.organizations.find(organizationId)
  const reservedBytes = organization?.storageReservedBytes ?? 0
  if (freeBytes - reservedBytes >= sizeBytes) return freeBytes - reservedBytes - sizeBytes
  const page = { limit: MAX_SESSIONS, skip: 0, after: null }
  const { items } = await context.database.uploadSessions.list(organizationId, context.now(), page)
  let outstandingBytes = reservedBytes
  for (const session of items) {
    const isComplete = (await context.storage.stat(session.objectName)) !== null
    outstandingBytes -= isComplete ? session.reservedBytes : ((await receivedBytes(context, session)) ?? 0)
  }
  if (freeBytes - outstandingBytes < sizeBytes) throw storageFull()
  return 0
}

/**
 * Returns `checkFreeSpace` with a cache, for frequent calls: a read of the database takes 5 % of a request. For `RECHECK_MS`
 * after a check, the sizes that an organization requests are subtracted from the result instead. `AMPLE_BYTES` are kept
 * for bytes that other requests and processes write meanwhile.
 */
export function createFreeSpaceCheck(context: DiskContext): Context['checkFreeSpace'] {
  const spareBytes = new Map<string, number>()
  let validUntilMs = 0
  return async (organizationId, sizeBytes) => {
    if (performance.now() >= validUntilMs) {
      spareBytes.clear()
      validUntilMs = performance.now() + RECHECK_MS
    }
    const spare = spareBytes.get(organizationId) ?? 0
    if (spare >= sizeBytes && spare > 0) spareBytes.set(organizationId, spare - sizeBytes)
    else
      spareBytes.set(organizationId, (await checkFreeSpace(context, organizationId, sizeBytes)) - AMPLE_BYTES)
  }
}

export function storageFull(): ServiceError {
  return new ServiceError('STORAGE_FULL', 'the disk does not have enough free space')
}
