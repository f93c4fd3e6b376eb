import { ServiceError } from '../../domain/errors.ts'
import type { Context } from '../context.ts'
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

type RoomContext = Pick<Context, 'storage' | 'database' | 'now'>

/** Upper bound of sessions that are read; older ones count as if none of their bytes had been received. */
const MAX_SESSIONS = 100

/**
 * Throws STORAGE_FULL when the disk has no room for this many bytes and the missing bytes of the organization's open
 * sessions. Sessions of other organizations do not count: a large declared size must not block others. Returns the
 * bytes that the disk has room for beyond these; 0 where they were hard to count.
 */
export async function checkRoom(
  context: RoomContext,
  organizationId: string,
  sizeBytes: number,
): Promise<number> {
  const roomBytes = await context.storage.roomBytes()
  if (roomBytes === null) return Number.POSITIVE_INFINITY
  if (roomBytes < sizeBytes) throw storageFull()
  const organization = await context.database.organizations.find(organizationId)
  const reservedBytes = organization?.storageReservedBytes ?? 0
  if (roomBytes - reservedBytes >= sizeBytes) return roomBytes - reservedBytes - sizeBytes
  const page = { limit: MAX_SESSIONS, skip: 0, after: null }
  const { items } = await context.database.uploadSessions.list(organizationId, context.now(), page)
  let outstandingBytes = reservedBytes
  for (const session of items) {
    const isWhole = (await context.storage.stat(session.objectName)) !== null
    outstandingBytes -= isWhole ? session.sizeBytes : ((await receivedBytes(context, session)) ?? 0)
  }
  if (roomBytes - outstandingBytes < sizeBytes) throw storageFull()
  return 0
}

/** Checks as `checkRoom` does; throws STORAGE_FULL. */
export type RoomCheck = (organizationId: string, sizeBytes: number) => Promise<unknown>

/**
 * Returns `checkRoom` for many callers. For `ROOMY_MS` after a disk was found to have room for an organization, what
 * that organization requests is subtracted instead of read: a read of the database takes 5 % of such a request.
 * `ROOMY_BYTES` remain for what other requests and processes write meanwhile.
 */
export function createRoomCheck(context: RoomContext): RoomCheck {
  const spareBytes = new Map<string, number>()
  let isKnownUntilMs = 0
  return async (organizationId, sizeBytes) => {
    if (performance.now() >= isKnownUntilMs) {
      spareBytes.clear()
      isKnownUntilMs = performance.now() + ROOMY_MS
    }
    const spare = spareBytes.get(organizationId) ?? 0
    if (spare >= sizeBytes && spare > 0) spareBytes.set(organizationId, spare - sizeBytes)
    else spareBytes.set(organizationId, (await checkRoom(context, organizationId, sizeBytes)) - ROOMY_BYTES)
  }
}

export function storageFull(): ServiceError {
  return new ServiceError('STORAGE_FULL', 'the disk does not have enough free space')
}
