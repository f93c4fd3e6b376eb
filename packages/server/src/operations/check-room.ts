import { ServiceError } from '../domain/errors.ts'
import type { Context } from './context.ts'
import { receivedBytes } from './received-bytes.ts'

/** Returns true when the disk of the database or the storage is full: then only reads and deletes are possible. */
export async function isDiskFull({
  storage,
  database,
}: Pick<Context, 'storage' | 'database'>): Promise<boolean> {
  return (await leastRoomBytes({ storage, database })) <= 0
}

/** A disk with so much room is not asked again for `ROOMY_MS`: asking costs a system call for each write. */
const ROOMY_BYTES = 256 * 1024 * 1024
const ROOMY_MS = 100

/**
 * Returns `isDiskFull` for many callers: what it says of a disk with room may be `ROOMY_MS` old, and then there is
 * nothing to wait for.
 */
export function createFullDiskLook(
  context: Pick<Context, 'storage' | 'database'>,
): () => false | Promise<boolean> {
  let roomyUntilMs = 0
  const look = async () => {
    const roomBytes = await leastRoomBytes(context)
    if (roomBytes >= ROOMY_BYTES) roomyUntilMs = performance.now() + ROOMY_MS
    return roomBytes <= 0
  }
  return () => (performance.now() < roomyUntilMs ? false : look())
}

/** Returns the free bytes of the fuller disk; Infinity where neither has a limit that is known. */
async function leastRoomBytes({ storage, database }: Pick<Context, 'storage' | 'database'>): Promise<number> {
  const rooms = await Promise.all([storage.roomBytes(), database.roomBytes()])
  return Math.min(...rooms.map((room) => room ?? Number.POSITIVE_INFINITY))
}

/** Upper bound of sessions that are read; older ones count as if none of their bytes had been received. */
const MAX_SESSIONS = 100

/**
 * Throws STORAGE_FULL when the disk has no room for this many bytes and the missing bytes of the organization's open
 * sessions. Sessions of other organizations do not count: a large declared size must not block others.
 */
export async function checkRoom(context: Context, organizationId: string, sizeBytes: number): Promise<void> {
  const roomBytes = await context.storage.roomBytes()
  if (roomBytes === null) return
  if (roomBytes < sizeBytes) throw storageFull()
  const organization = await context.database.organizations.find(organizationId)
  const reservedBytes = organization?.storageReservedBytes ?? 0
  if (roomBytes - reservedBytes >= sizeBytes) return
  const page = { limit: MAX_SESSIONS, skip: 0, after: null }
  const { items } = await context.database.uploadSessions.list(organizationId, context.now(), page)
  let outstandingBytes = reservedBytes
  for (const session of items) {
    const isWhole = (await context.storage.stat(session.objectName)) !== null
    outstandingBytes -= isWhole ? session.sizeBytes : ((await receivedBytes(context, session)) ?? 0)
  }
  if (roomBytes - outstandingBytes < sizeBytes) throw storageFull()
}

export function storageFull(): ServiceError {
  return new ServiceError('STORAGE_FULL', 'the disk does not have enough free space')
}
